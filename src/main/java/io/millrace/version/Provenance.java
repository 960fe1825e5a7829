package io.millrace.version;

import io.millrace.example.Partition;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Which data and which settings a version comes from: {@code millrace.json} of its artifact.
 *
 * @param base origin of the base model
 * @param step training steps that led to it
 * @param decaySteps steps of a branch taken after that step, on the batches trained last and at a
 *     falling rate, whose weights these are; 0 for the run's own weights, and in versions from
 *     before
 * @param temperature what the classifier was divided by, 1 for nothing; fitted on held-out examples
 * @param examplesTrained examples trained on since the base
 * @param newestExampleAt when the newest of them was sent, by its record's timestamp and not the
 *     event time in its JSON; empty in versions from before, and where records have none
 * @param chunks chunks of the journal that led to it; empty in versions from before the journal
 *     existed
 * @param labelCounts those examples by label
 * @param replayed what was trained on again; empty in versions written before that was counted
 * @param offsets first and next offset read, by {@code topic-partition}
 * @param settings the settings that shape training, by name
 * @param environment engine, device, threads and Java version
 */
public record Provenance(
    String base,
    long step,
    int decaySteps,
    double temperature,
    long examplesTrained,
    Optional<Instant> newestExampleAt,
    Optional<Long> chunks,
    Map<String, Long> labelCounts,
    Optional<Replayed> replayed,
    Map<Partition, OffsetRange> offsets,
    Map<String, String> settings,
    Map<String, String> environment) {

  public Provenance {
    if (Double.isInfinite(temperature)) {
      throw new IllegalArgumentException("temperature must be finite, is " + temperature);
    }
    temperature = temperature > 0 ? temperature : 1; // absent in versions from before
  }

  /**
   * When the newest example was sent: at most this moment, and this where that is not known.
   *
   * @param publishedAt when its version was published
   */
  Instant freshAt(Instant publishedAt) {
    return newestExampleAt.filter(publishedAt::isAfter).orElse(publishedAt);
  }

  /**
   * A half-open range of one partition.
   *
   * @param from first offset
   * @param to offset after the last
   */
  public record OffsetRange(long from, long to) {}

  /**
   * Replay since the base. Neither {@link Provenance#examplesTrained} nor {@link
   * Provenance#labelCounts} has any of it.
   *
   * @param examples how often a past example was trained on again
   * @param idleSteps steps of such examples alone, taken while no new ones waited
   */
  public record Replayed(long examples, long idleSteps) {}
}
