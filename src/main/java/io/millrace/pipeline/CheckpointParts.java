package io.millrace.pipeline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import io.millrace.checkpoint.Checkpoint;
import io.millrace.checkpoint.CheckpointStore;
import io.millrace.checkpoint.UnitId;
import io.millrace.drift.DriftState;
import io.millrace.example.Partition;
import io.millrace.example.RecordPosition;
import io.millrace.heldout.HeldOutWindow;
import io.millrace.heldout.PrequentialEntry;
import io.millrace.heldout.PrequentialScore;
import io.millrace.identity.RunIdentity;
import io.millrace.input.WellFormedJson;
import io.millrace.journal.JournalPosition;
import io.millrace.storage.Json;
import io.millrace.tokenize.HeldOutExample;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.torch.file.HostTensor;
import io.millrace.training.FineTunerState;
import io.millrace.training.KeptExample;
import io.millrace.training.ReplayState;
import io.millrace.training.StepHistory;
import io.millrace.version.DataSince;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** Which component of the loop becomes which part of a checkpoint, both ways. */
final class CheckpointParts {

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
  private static final String OUTBOX = "outbox";
  private static final String LAST_VERSION = "last-version";
  private static final String STANDING = "standing";

  private CheckpointParts() {}

  /**
   * Copies everything. Training thread.
   *
   * @param outbox what the unit announces
   * @param lastVersion the number of the last version, those of the outbox included; 0 before it
   * @param standing what else it says
   */
  static Checkpoint of(Learner learner, Outbox outbox, long lastVersion, Standing standing) {
    FineTunerState state = learner.tuner().snapshot();
    Map<String, Map<String, HostTensor>> tensors = new HashMap<>();
    tensors.put(WEIGHTS, state.weights());
    tensors.put(FIRST_MOMENTS, state.firstMoments());
    tensors.put(SECOND_MOMENTS, state.secondMoments());
    if (!state.averages().isEmpty()) {
      tensors.put(AVERAGES, state.averages());
    }
    return new Checkpoint(
        state.step(),
        tensors,
        Map.ofEntries(
            Map.entry(LAZY_ROWS, json(state.lazyRows())),
            Map.entry(STEP_HISTORY, json(state.history())),
            Map.entry(PROGRESS, json(learner.progress())),
            Map.entry(HELD_OUT, json(learner.heldOut().examples())),
            Map.entry(GOLDEN, json(learner.heldOut().golden())),
            Map.entry(PREQUENTIAL, json(learner.prequential().recent())),
            Map.entry(DRIFT, json(learner.drift().state())),
            Map.entry(REPLAY, json(learner.replay().state())),
            Map.entry(OUTBOX, json(outbox)),
            Map.entry(LAST_VERSION, json(lastVersion)),
            Map.entry(STANDING, json(standing))));
  }

  /**
   * An earlier unit in the place of the present: what it had learned, and what has happened since
   * that it cannot undo.
   *
   * @param then the unit
   * @param now whose held-out window and positions count where the records since are skipped
   */
  static Checkpoint rolledBack(
      Checkpoint then,
      Learner now,
      DataSince data,
      Outbox outbox,
      long lastVersion,
      Standing standing) {
    Map<String, byte[]> documents = new HashMap<>(then.documents());
    documents.put(OUTBOX, json(outbox));
    documents.put(LAST_VERSION, json(lastVersion));
    documents.put(STANDING, json(standing));
    if (data == DataSince.SKIP) {
      int labels = progress(then).labels().size(); // those added since are gone with the model
      documents.put(PROGRESS, json(progress(then).skippingTo(now.progress())));
      documents.put(HELD_OUT, json(below(labels, now.heldOut().examples())));
      documents.put(GOLDEN, json(below(labels, now.heldOut().golden())));
    }
    return new Checkpoint(then.step(), then.tensors(), documents);
  }

  /**
   * Examples that an earlier unit keeps to train on again and the present no longer does. Any of
   * them may have been corrected or retracted since, by a record that is skipped and so not read
   * again.
   */
  static List<RecordPosition> letGo(Checkpoint then, Learner now) {
    Set<RecordPosition> kept =
        now.replay().state().kept().stream()
            .map(one -> one.example().position())
            .collect(Collectors.toSet());
    return Stream.concat(
            replay(then).kept().stream().map(KeptExample::example),
            tunerState(then).history().lastSteps().stream()
                .flatMap(step -> step.batches().stream())
                .flatMap(List::stream))
        .map(TokenizedExample::position)
        .filter(position -> !kept.contains(position))
        .distinct()
        .toList();
  }

  /** A unit with other positions, which announces nothing. */
  static Checkpoint with(Checkpoint unit, Progress progress, Standing standing) {
    Map<String, byte[]> documents = new HashMap<>(unit.documents());
    documents.put(OUTBOX, json(Outbox.EMPTY));
    documents.put(PROGRESS, json(progress));
    documents.put(STANDING, json(standing));
    return new Checkpoint(unit.step(), unit.tensors(), documents);
  }

  /**
   * An earlier unit that reads topics as they are now: of one that was made anew since, it begins
   * where reading of that began.
   *
   * @param now what the present belongs to
   */
  static Checkpoint readingNow(Checkpoint then, RunIdentity now) {
    RunIdentity before = standing(then).identity();
    Set<String> renewed = new HashSet<>();
    Map<Partition, Long> begun = new HashMap<>();
    for (String topic : now.topics().keySet()) {
      if (now.epoch(topic) != before.epoch(topic)) {
        renewed.add(topic);
        now.change(topic).ifPresent(change -> begun.putAll(change.begun()));
      }
    }
    return renewed.isEmpty()
        ? then
        : with(then, progress(then).readingFrom(renewed, begun), standing(then));
  }

  private static List<HeldOutExample> below(int labels, List<HeldOutExample> examples) {
    return examples.stream().filter(example -> example.label() < labels).toList();
  }

  /** What else a unit says; those written before there was any of it say nothing. */
  static Standing standing(Checkpoint checkpoint) {
    return parse(checkpoint, STANDING, new TypeReference<>() {}, Standing.START);
  }

  static FineTunerState tunerState(Checkpoint checkpoint) {
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
  static Optional<JournalPosition> position(CheckpointStore store, UnitId unit) throws IOException {
    Optional<byte[]> progress = store.document(unit, PROGRESS);
    return progress.isPresent()
        ? Optional.of(Json.MAPPER.readValue(progress.get(), Progress.class).journalPosition())
        : Optional.empty();
  }

  static Progress progress(Checkpoint checkpoint) {
    return parse(checkpoint, PROGRESS, new TypeReference<>() {});
  }

  /** The replay buffer; empty where the checkpoint was written before there was one. */
  static ReplayState replay(Checkpoint checkpoint) {
    return parse(checkpoint, REPLAY, new TypeReference<>() {}, ReplayState.EMPTY);
  }

  /** What watches the stream; nothing seen where the checkpoint was written before it did. */
  static DriftState drift(Checkpoint checkpoint) {
    return parse(checkpoint, DRIFT, new TypeReference<>() {}, DriftState.START);
  }

  static Outbox outbox(Checkpoint checkpoint) {
    return parse(checkpoint, OUTBOX, new TypeReference<>() {});
  }

  static long lastVersion(Checkpoint checkpoint) {
    return parse(checkpoint, LAST_VERSION, new TypeReference<>() {});
  }

  static void restore(Checkpoint checkpoint, HeldOutWindow heldOut, PrequentialScore prequential) {
    List<HeldOutExample> examples = parse(checkpoint, HELD_OUT, new TypeReference<>() {});
    List<HeldOutExample> golden = parse(checkpoint, GOLDEN, new TypeReference<>() {}, List.of());
    heldOut.restore(examples, golden);
    List<PrequentialEntry> scores = parse(checkpoint, PREQUENTIAL, new TypeReference<>() {});
    prequential.add(scores);
  }

  private static byte[] json(Object value) {
    try {
      return Json.MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a component has no JSON form", e);
    }
  }

  /** A part that older checkpoints lack: they go on as from a run that had nothing to say in it. */
  private static <T> T parse(
      Checkpoint checkpoint, String part, TypeReference<T> type, T withoutIt) {
    return checkpoint.documents().containsKey(part) ? parse(checkpoint, part, type) : withoutIt;
  }

  private static <T> T parse(Checkpoint checkpoint, String part, TypeReference<T> type) {
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
