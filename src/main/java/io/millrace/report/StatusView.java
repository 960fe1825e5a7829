package io.millrace.report;

import io.millrace.example.Partition;
import io.millrace.learner.ReplayCounts;
import io.millrace.score.Evaluation;
import io.millrace.torch.DeviceMemory;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the rest of the service may see of the training loop. Any thread, never blocks. */
public interface StatusView {

  Status status();

  /** What the device that trains has of memory of its own, now; empty where it has none. */
  default Optional<DeviceMemory> deviceMemory() {
    return Optional.empty();
  }

  /** Examples that this process read whose {@code timestamp} cannot be, and was replaced. */
  default long replacedTimestamps() {
    return 0;
  }

  /** True once the base is loaded: as a standby, or with the training thread running. */
  boolean started();

  /** Why training stopped for good, or broke and is being restored; empty while it runs. */
  Optional<String> failure();

  /** Whether training has stopped for good. */
  boolean stopped();

  /** Whether it has, and a restart of the instance would help: liveness fails with it. */
  boolean restartHelps();

  /**
   * A snapshot for people and tools.
   *
   * @param model the model's name
   * @param base its base model
   * @param device where it trains
   * @param state what the instance is doing
   * @param labels the label set, empty while it is being learned
   * @param step training steps done
   * @param examplesTrained new examples trained
   * @param examplesPerSecond new examples, over the last minute
   * @param tokensPerSecond real tokens, replayed examples included, over the last minute
   * @param loss mean training loss of the examples of the last 50 steps of this owner, as each was
   *     before its step; NaN before the first step
   * @param prequentialAccuracy accuracy on recent examples before training on them
   * @param prequentialConstantAccuracy what always answering the most frequent class would score
   * @param heldOutExamples examples in the held-out window
   * @param lastEvaluation the last evaluation of the training weights
   * @param currentVersion the published version, empty before the first
   * @param publicationProblem why a version cannot be sent to the artifact store, or was given up;
   *     until one is sent
   * @param deadLetters refused records by reason
   * @param amended records passed over because a later one was about them ({@code SUPERSEDED},
   *     {@code RETRACTED}), and records that retract others ({@code RETRACTION})
   * @param paddingShare padding among all tokens trained, 0 to 1
   * @param busySeconds time the training thread worked
   * @param waitSeconds time it waited for a batch
   * @param evaluationShare time taken by evaluations per time taken by training steps, since this
   *     owner's start; NaN before the first step
   * @param lag records on the broker not trained yet, empty while unknown
   * @param positions next offset of every partition, by {@code topic-partition}
   * @param lastCheckpoint id of the last checkpoint
   * @param replay what was replayed
   */
  record Status(
      String model,
      String base,
      String device,
      TrainerState state,
      List<String> labels,
      long step,
      long examplesTrained,
      double examplesPerSecond,
      double tokensPerSecond,
      double loss,
      double prequentialAccuracy,
      double prequentialConstantAccuracy,
      long heldOutExamples,
      Optional<Evaluation> lastEvaluation,
      Optional<Long> currentVersion,
      Optional<String> publicationProblem,
      Map<String, Long> deadLetters,
      Map<String, Long> amended,
      double paddingShare,
      double busySeconds,
      double waitSeconds,
      double evaluationShare,
      Optional<Long> lag,
      Map<Partition, Long> positions,
      Optional<String> lastCheckpoint,
      ReplayCounts replay) {}
}
