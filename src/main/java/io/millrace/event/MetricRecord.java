package io.millrace.event;

import io.millrace.control.AnswerOutcome;
import io.millrace.drift.DriftSignal;
import io.millrace.example.Partition;
import io.millrace.gate.EvaluationOutcome;
import io.millrace.gate.TestResult;
import io.millrace.score.Evaluation;
import io.millrace.score.Interval;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A value of the metrics topic. {@link #type()} tells which. */
public sealed interface MetricRecord {

  /** The model's name. */
  String model();

  /** When. */
  Instant time();

  /** Training steps done. */
  long step();

  /** {@code step}, {@code chunk}, {@code evaluation}, {@code drift} or {@code command}. */
  String type();

  /**
   * One applied or refused step.
   *
   * @param examplesTotal new examples trained since the base
   * @param batchExamples examples given to this step, replayed ones included
   * @param batchTokens their real tokens
   * @param paddedTokens their tokens with padding
   * @param microBatches examples in each of the passes that the step's gradients are the sum of;
   *     empty when refused
   * @param outOfMemory how often memory did not suffice and the step began anew in smaller ones
   * @param loss mean training loss, nats; NaN when refused
   * @param gradNorm global gradient norm before clipping
   * @param gradNormSpike whether that norm is far above those of the steps before
   * @param learningRate the rate used
   * @param prequentialLoss mean loss over the recent examples, each scored before it was trained on
   * @param prequentialAccuracy accuracy likewise
   * @param prequentialAccuracyInterval where it lies, by the number of those examples
   * @param prequentialConstantAccuracy what always answering the most frequent class would score
   * @param seconds wall time of the step, prequential forward included
   * @param waitSeconds time the training thread waited for this batch
   * @param refusedExamples examples found non-finite or too large for memory
   * @param lag records on the broker not yet trained, empty while unknown
   * @param replay which of the batch was replayed
   */
  record StepDone(
      String model,
      Instant time,
      long step,
      long examplesTotal,
      int batchExamples,
      int batchTokens,
      int paddedTokens,
      List<Integer> microBatches,
      int outOfMemory,
      double loss,
      double gradNorm,
      boolean gradNormSpike,
      double learningRate,
      double prequentialLoss,
      double prequentialAccuracy,
      Interval prequentialAccuracyInterval,
      double prequentialConstantAccuracy,
      double seconds,
      double waitSeconds,
      int refusedExamples,
      Optional<Long> lag,
      Replayed replay)
      implements MetricRecord {

    public StepDone {
      microBatches = List.copyOf(microBatches);
    }

    @Override
    public String type() {
      return "step";
    }
  }

  /**
   * The replayed examples of a step.
   *
   * @param idle whether the step was taken from idle time: then all of its examples are replayed,
   *     and arrival timing decided that it was taken
   * @param examples examples of the batch drawn from the replay buffer
   * @param dropped those of them that left the buffer because they are not finite
   * @param total how often an example was trained on again since the base
   */
  record Replayed(boolean idle, int examples, int dropped, long total) {}

  /**
   * A chunk's boundary: with the offsets and the idle steps, all that arrival timing had a say in.
   *
   * @param chunk its number, from 1
   * @param examples examples in it
   * @param heldOut held-out examples in it
   * @param closedBy {@code full} or {@code waited}
   * @param next next offset of every partition behind it, by {@code topic-partition}
   * @param idleSteps steps taken from idle time since the base, all of them in front of this
   *     chunk's first step
   */
  record ChunkClosed(
      String model,
      Instant time,
      long step,
      long chunk,
      int examples,
      int heldOut,
      String closedBy,
      Map<Partition, Long> next,
      long idleSteps)
      implements MetricRecord {
    @Override
    public String type() {
      return "chunk";
    }
  }

  /**
   * Candidate and champion on the same held-out examples.
   *
   * @param golden the candidate's scores on the golden set, empty while that is empty
   * @param championGolden the current version's on it
   * @param prequential scores of the run on recent examples, each before it was trained on; empty
   *     before the first
   * @param outcome what the gate decided: {@code publish}, {@code hold} or {@code roll-back}; what
   *     becomes of the last is a {@code command} record, whose id begins with {@code automatic}
   * @param test what decided it, empty where it did not come to a test
   * @param regression test of the current version against its predecessor; empty where there was
   *     none
   * @param candidate the weights as they are now
   * @param champion the current version's, empty before the first
   * @param championVersion its number
   * @param published the version this became, empty when held
   * @param decision why, in words
   * @param seconds what the evaluation took: for so long training stood still
   */
  record Evaluated(
      String model,
      Instant time,
      long step,
      Evaluation candidate,
      Optional<Evaluation> champion,
      Optional<Evaluation> golden,
      Optional<Evaluation> championGolden,
      Optional<Evaluation> prequential,
      Optional<Long> championVersion,
      Optional<Long> published,
      EvaluationOutcome outcome,
      String decision,
      Optional<TestResult> test,
      Optional<TestResult> regression,
      double seconds)
      implements MetricRecord {
    @Override
    public String type() {
      return "evaluation";
    }

    /** Without what grows with the labels ({@link Evaluation#brief}), for what is sent often. */
    public Evaluated brief() {
      return new Evaluated(
          model,
          time,
          step,
          candidate.brief(),
          champion.map(Evaluation::brief),
          golden.map(Evaluation::brief),
          championGolden.map(Evaluation::brief),
          prequential.map(Evaluation::brief),
          championVersion,
          published,
          outcome,
          decision,
          test,
          regression,
          seconds);
    }
  }

  /**
   * The stream has changed, or may have.
   *
   * @param signal what says so, and what it brings about
   */
  record Drifted(String model, Instant time, long step, DriftSignal signal)
      implements MetricRecord {
    @Override
    public String type() {
      return "drift";
    }
  }

  /**
   * The answer to a command.
   *
   * @param command its id
   * @param name what it asked for
   * @param outcome {@code done}, {@code refused} or {@code ignored}
   * @param detail why, in words
   * @param by who asked, as the command says; empty where it does not, or the gate decided
   * @param position {@code topic-partition@offset} of the command; empty where the gate decided
   */
  record Commanded(
      String model,
      Instant time,
      long step,
      String command,
      String name,
      AnswerOutcome outcome,
      String detail,
      Optional<String> by,
      Optional<String> position)
      implements MetricRecord {

    public Commanded {
      by = by == null ? Optional.empty() : by; // in units of earlier releases
      position = position == null ? Optional.empty() : position;
    }

    @Override
    public String type() {
      return "command";
    }
  }
}
