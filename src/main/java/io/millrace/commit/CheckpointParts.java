package io.millrace.commit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import io.millrace.checkpoint.Checkpoint;
import io.millrace.checkpoint.CheckpointId;
import io.millrace.checkpoint.CheckpointStore;
import io.millrace.config.PipelineException;
import io.millrace.drift.DriftState;
import io.millrace.input.WellFormedJson;
import io.millrace.journal.JournalPosition;
import io.millrace.learner.Progress;
import io.millrace.learner.Snapshot;
import io.millrace.learner.StreamState;
import io.millrace.optim.FineTunerState;
import io.millrace.optim.StepHistory;
import io.millrace.replay.ReplayState;
import io.millrace.storage.Json;
import io.millrace.tokenize.HeldOutExample;
import io.millrace.torch.file.HostTensor;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Which component of a snapshot becomes which part of a checkpoint, both ways. */
public final class CheckpointParts {

  private static final Logger LOG = Logger.getLogger(CheckpointParts.class);

  private static final String WEIGHTS = "weights";
  private static final String FIRST_MOMENTS = "first-moments";
  private static final String SECOND_MOMENTS = "second-moments";
  private static final String LAZY_ROWS = "lazy-rows";
  private static final String AVERAGES = "averaged-weights";
  private static final String STEP_HISTORY = "step-history";
  private static final String PROGRESS = "progress";
  private static final String HELD_OUT = "held-out";
  private static final String GOLDEN = "golden-set";
  private static final String DRIFT = "drift";
  private static final String PREQUENTIAL = "prequential";
  private static final String REPLAY = "replay";

  private CheckpointParts() {}

  /** The parts that keep a snapshot. */
  static Checkpoint of(Snapshot snapshot) {
    FineTunerState state = snapshot.tuner();
    Map<String, Map<String, HostTensor>> tensors = new HashMap<>();
    tensors.put(WEIGHTS, state.weights());
    tensors.put(FIRST_MOMENTS, state.firstMoments());
    tensors.put(SECOND_MOMENTS, state.secondMoments());
    if (!state.averages().isEmpty()) {
      tensors.put(AVERAGES, state.averages());
    }
    StreamState stream = snapshot.stream();
    return new Checkpoint(
        state.step(),
        tensors,
        Map.ofEntries(
            Map.entry(LAZY_ROWS, json(state.lazyRows())),
            Map.entry(STEP_HISTORY, json(state.history())),
            Map.entry(PROGRESS, json(stream.progress())),
            Map.entry(HELD_OUT, json(stream.heldOut())),
            Map.entry(GOLDEN, json(stream.golden())),
            Map.entry(PREQUENTIAL, json(stream.scores())),
            Map.entry(DRIFT, json(stream.drift())),
            Map.entry(REPLAY, json(stream.replay()))));
  }

  /** All that a checkpoint keeps; empty in a part that its release did not write. */
  public static Snapshot snapshot(Checkpoint checkpoint) {
    return new Snapshot(
        tunerState(checkpoint),
        new StreamState(
            progress(checkpoint),
            parse(checkpoint, HELD_OUT, new TypeReference<>() {}),
            golden(checkpoint),
            parse(checkpoint, PREQUENTIAL, new TypeReference<>() {}),
            drift(checkpoint),
            replay(checkpoint)));
  }

  /** The same checkpoint at another progress. */
  static Checkpoint with(Checkpoint checkpoint, Progress progress) {
    return with(checkpoint, Map.of(PROGRESS, json(progress)));
  }

  /**
   * The same checkpoint, judged by what is held out now.
   *
   * @param now whose examples with a label that the checkpoint lacks are left out
   */
  static Checkpoint judgedBy(Checkpoint checkpoint, StreamState now) {
    int labels = progress(checkpoint).labels().size();
    return with(
        checkpoint,
        Map.of(
            HELD_OUT, json(below(labels, now.heldOut())),
            GOLDEN, json(below(labels, now.golden()))));
  }

  /** The same checkpoint, but for these documents. */
  static Checkpoint with(Checkpoint checkpoint, Map<String, byte[]> documents) {
    Map<String, byte[]> all = new HashMap<>(checkpoint.documents());
    all.putAll(documents);
    return new Checkpoint(checkpoint.step(), checkpoint.tensors(), all);
  }

  private static List<HeldOutExample> below(int labels, List<HeldOutExample> examples) {
    return examples.stream().filter(example -> example.target().fits(labels)).toList();
  }

  private static List<HeldOutExample> golden(Checkpoint checkpoint) {
    return parse(checkpoint, GOLDEN, new TypeReference<>() {}, List.of());
  }

  public static FineTunerState tunerState(Checkpoint checkpoint) {
    return new FineTunerState(
        checkpoint.step(),
        checkpoint.tensors().get(WEIGHTS),
        checkpoint.tensors().get(FIRST_MOMENTS),
        checkpoint.tensors().get(SECOND_MOMENTS),
        parse(checkpoint, LAZY_ROWS, new TypeReference<>() {}, Optional.empty()),
        checkpoint.tensors().getOrDefault(AVERAGES, Map.of()),
        parse(checkpoint, STEP_HISTORY, new TypeReference<>() {}, StepHistory.NONE));
  }

  /** Where a unit stands, without reading its tensors; empty where it is damaged. */
  public static Optional<JournalPosition> position(CheckpointStore store, CheckpointId unit)
      throws IOException {
    Optional<byte[]> progress = store.document(unit, PROGRESS);
    return progress.isPresent()
        ? Optional.of(Json.MAPPER.readValue(progress.get(), Progress.class).journalPosition())
        : Optional.empty();
  }

  public static Progress progress(Checkpoint checkpoint) {
    return parse(checkpoint, PROGRESS, new TypeReference<>() {});
  }

  /** The replay buffer; empty where the checkpoint was written before there was one. */
  public static ReplayState replay(Checkpoint checkpoint) {
    return parse(checkpoint, REPLAY, new TypeReference<>() {}, ReplayState.EMPTY);
  }

  /** What watches the stream; nothing seen where the checkpoint was written before it did. */
  static DriftState drift(Checkpoint checkpoint) {
    return parse(checkpoint, DRIFT, new TypeReference<>() {}, DriftState.START);
  }

  static byte[] json(Object value) {
    try {
      return Json.MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a component has no JSON form", e);
    }
  }

  /** A part that older checkpoints lack: they go on as from a run that had nothing to say in it. */
  static <T> T parse(Checkpoint checkpoint, String part, TypeReference<T> type, T withoutIt) {
    return checkpoint.documents().containsKey(part) ? parse(checkpoint, part, type) : withoutIt;
  }

  /**
   * A part that every checkpoint has.
   *
   * @throws PipelineException where it is missing or cannot be read; names part and step
   */
  static <T> T parse(Checkpoint checkpoint, String part, TypeReference<T> type) {
    byte[] json = checkpoint.documents().get(part);
    if (json == null) {
      throw new PipelineException(
          "the checkpoint of step %d lacks the part %s".formatted(checkpoint.step(), part));
    }
    try {
      return Json.MAPPER.readValue(part.equals(PROGRESS) ? repaired(json) : json, type);
    } catch (JsonProcessingException e) { // its own message quotes the part
      throw unreadable(checkpoint, part, e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw unreadable(checkpoint, part, e.getMessage(), e);
    }
  }

  /** Labels of earlier releases may have half of a surrogate pair. */
  private static byte[] repaired(byte[] json) {
    byte[] repaired = WellFormedJson.repaired(json);
    if (repaired != json) {
      LOG.warn(
          "a label of this checkpoint has half of a surrogate pair, which earlier releases took: it"
              + " goes on with U+FFFD in its place, records with it are refused");
    }
    return repaired;
  }

  private static PipelineException unreadable(
      Checkpoint checkpoint, String part, String why, Exception cause) {
    return new PipelineException(
        "the part %s of the checkpoint of step %d cannot be read: %s"
            .formatted(part, checkpoint.step(), why),
        cause);
  }
}
