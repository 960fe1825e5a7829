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
   * Topics to read in the place of earlier ones of the same name, each {@code
   * NAME=TOPIC-ID@beginning}, {@code NAME=TOPIC-ID@end}, or {@code NAME=TOPIC-ID} with {@code
   * millrace.accept.resume-at-time}. Names the new topic by its id, so that it accepts no other.
   * Also {@code train --accept-new-topic}.
   */
  @WithName("new-topic")
  Optional<List<String>> newTopic();

  /**
   * The Kafka cluster to go on with: {@code CLUSTER-ID} with {@code
   * millrace.accept.resume-at-time}, or {@code CLUSTER-ID@beginning} or {@code CLUSTER-ID@end} of
   * all its topics. Offsets of another cluster differ, so it must be said where to read. Also
   * {@code train --accept-new-cluster}.
   */
  @WithName("new-cluster")
  Optional<String> newCluster();

  /**
   * Positions to give up because the log no longer holds them, or does not hold them yet, each
   * {@code PARTITION=POSITION@beginning} of what is left, or {@code @end}, with a partition such as
   * {@code examples-0}. Names the lost position, so that later losses are refused again. Also
   * {@code train --accept-out-of-range}.
   */
  @WithName("out-of-range")
  Optional<List<String>> outOfRange();

  /**
   * Files of the base that may have other bytes: {@code tokenizer=SHA256}, {@code config=SHA256}.
   * Weights are not among them: a model goes on from its own. Also {@code train --accept-new-base}.
   */
  @WithName("new-base")
  Optional<List<String>> newBase();

  /**
   * The seed to go on with, because a run with another seed is another run. Also {@code train
   * --accept-new-seed}.
   *
   * <p>Unit: a number.
   */
  @WithName("new-seed")
  Optional<Long> newSeed();

  /**
   * Where to read on in an accepted topic or cluster: at the first record of this time or later, by
   * the records' timestamps. An earlier time trains some records twice, a later one leaves some
   * out. Also {@code train --resume-at-time}.
   */
  @WithName("resume-at-time")
  Optional<Instant> resumeAtTime();
}
