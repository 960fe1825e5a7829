package io.millrace.identity;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Differences between a checkpoint and what the service finds that an operator accepts. Each names
 * what it accepts, so one that is left in a deployment accepts nothing later.
 */
@ConfigMapping(prefix = "millrace.accept")
public interface AcceptSettings {

  /**
   * Topics to read in the place of earlier ones of the same name: {@code NAME=TOPIC-ID@beginning}
   * or {@code NAME=TOPIC-ID@end}, or {@code NAME=TOPIC-ID} with {@code resume-at-time}.
   */
  @WithName("new-topic")
  Optional<List<String>> newTopic();

  /**
   * The cluster to go on with: {@code CLUSTER-ID} with {@code resume-at-time}, or {@code
   * CLUSTER-ID@beginning} or {@code CLUSTER-ID@end} of all its topics.
   */
  @WithName("new-cluster")
  Optional<String> newCluster();

  /**
   * Positions that the log no longer holds, or does not hold yet: {@code
   * PARTITION=POSITION@beginning} of what is left, or {@code @end}, with a partition such as {@code
   * examples-0}.
   */
  @WithName("out-of-range")
  Optional<List<String>> outOfRange();

  /** Files of the base that may differ: {@code tokenizer=SHA256} and {@code config=SHA256}. */
  @WithName("new-base")
  Optional<List<String>> newBase();

  /** The seed to go on with. */
  @WithName("new-seed")
  Optional<Long> newSeed();

  /**
   * Where to read on in an accepted topic or cluster: at the first record of this time or later, by
   * the records' timestamps.
   */
  @WithName("resume-at-time")
  Optional<Instant> resumeAtTime();
}
