package io.millrace.learner;

import io.millrace.drift.DriftMonitor;
import io.millrace.example.Amendments;
import io.millrace.example.DeadLetter;
import io.millrace.example.InboundRecord;
import io.millrace.example.OutputSpace;
import io.millrace.example.RecordPosition;
import io.millrace.heldout.HeldOutWindow;
import io.millrace.heldout.PrequentialScore;
import io.millrace.intake.Chunk;
import io.millrace.intake.IntakeItem;
import io.millrace.intake.NewLabels;
import io.millrace.intake.Work;
import io.millrace.journal.JournalEntry;
import io.millrace.replay.ReplayBuffer;
import io.millrace.step.BatchScorer;
import io.millrace.step.FineTuner;
import io.millrace.step.StepOutcome;
import io.millrace.time.RunClock;
import io.millrace.tokenize.BatchAssembler;
import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenizedExample;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Everything that training changes: weights, held-out window, prequential score and progress. A
 * {@link ChunkPass} takes its steps. Owns the fine-tuner until closed. Training thread only.
 */
public final class Learner implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(Learner.class);

  private FineTuner tuner;
  private final BatchAssembler assembler;
  private GradientAccumulation plan;
  private final BatchScorer scorer;
  private final StreamMemory memory;
  private final RejectedSteps rejected;
  private final Growth growth;
  private final Consumer<DeadLetter> refuse;
  private final RunClock clock;
  private final List<DeadLetter> refused = new ArrayList<>();
  private Progress progress;
  private int driftReactions;

  /**
   * @param memory what it has seen of its input by now
   * @param progress how far it has come by now
   * @param growth adds labels
   * @param refuse takes each record that is dead-lettered
   */
  public Learner(
      FineTuner tuner,
      BatchAssembler assembler,
      GradientAccumulation plan,
      StreamMemory memory,
      Progress progress,
      RejectedSteps rejected,
      Growth growth,
      Consumer<DeadLetter> refuse,
      RunClock clock) {
    this.tuner = tuner;
    this.assembler = assembler;
    this.plan = plan;
    this.scorer = new BatchScorer(tokens -> this.tuner.logits(tokens));
    this.memory = memory;
    this.progress = progress;
    this.rejected = rejected;
    this.growth = growth;
    this.refuse = refuse;
    this.clock = clock;
  }

  public FineTuner tuner() {
    return tuner;
  }

  GradientAccumulation plan() {
    return plan;
  }

  BatchScorer scorer() {
    return scorer;
  }

  public HeldOutWindow heldOut() {
    return memory.heldOut();
  }

  public PrequentialScore prequential() {
    return memory.prequential();
  }

  public ReplayBuffer replay() {
    return memory.replay();
  }

  public DriftMonitor drift() {
    return memory.drift();
  }

  RunClock clock() {
    return clock;
  }

  /** Chunks after which drift has changed how training goes on. */
  public int driftReactions() {
    return driftReactions;
  }

  public Progress progress() {
    return progress;
  }

  /** Copies all of it. */
  public Snapshot snapshot() {
    return new Snapshot(tuner.snapshot(), streamState());
  }

  /** Copies what it has seen of its input, without the weights. */
  public StreamState streamState() {
    return memory.state(progress);
  }

  /** In logit order. */
  public OutputSpace labels() {
    return growth.outputs(progress.labels());
  }

  /** Whether every record of the chunks so far has its outcome: only then may they be saved. */
  public boolean isSettled() {
    return rejected.isEmpty();
  }

  /** The examples of refused steps are to blame: they are dead-lettered. */
  void blameExamples() {
    rejected.release().forEach(this::refuse);
    logRefused();
  }

  /** Begins a chunk, or the use of idle time. The pass before must have ended. */
  public ChunkPass begin(Work work) {
    return work instanceof Chunk chunk ? begin(chunk) : begin((Work.IdleReplay) work);
  }

  private ChunkPass begin(Chunk given) {
    Chunk chunk = labelled(given);
    forget(chunk.forgotten());
    Set<RecordPosition> skipped =
        chunk.skipped().stream().map(JournalEntry.Skip::position).collect(Collectors.toSet());
    progress = progress.amended(chunk);
    chunk.of(IntakeItem.ToRefuse.class).forEach(arrival -> refuse(arrival.letter()));
    chunk.of(IntakeItem.ToScore.class).stream()
        .filter(arrival -> !skipped.contains(arrival.record().position()))
        .forEach(arrival -> heldOut().add(arrival.example()));

    Map<RecordPosition, InboundRecord> records = new HashMap<>();
    List<TokenizedExample> examples = new ArrayList<>();
    for (IntakeItem.ToTrain arrival : chunk.of(IntakeItem.ToTrain.class)) {
      if (!skipped.contains(arrival.record().position())) {
        records.put(arrival.example().position(), arrival.record());
        examples.add(arrival.example());
      }
    }
    Set<TokenizedExample> replayed =
        new LinkedHashSet<>(
            replay()
                .forChunk(examples.size(), tuner.steps() + 1, drift().isReplayRaised() ? 2 : 1));
    examples.addAll(replayed);
    List<TokenBatch> batches = assembler.assemble(examples, progress.chunks());
    return new ChunkPass(this, Optional.of(chunk), plan.steps(batches), replayed, records);
  }

  /**
   * A batch of replayed examples, in more than one step where the budget of tokens wants that. Only
   * between two chunks; positions stand still.
   */
  private ChunkPass begin(Work.IdleReplay idle) {
    forget(idle.forgotten());
    Set<TokenizedExample> replayed =
        new LinkedHashSet<>(replay().forIdle(idle.examples(), tuner.steps() + 1));
    List<TokenBatch> batches = assembler.assemble(List.copyOf(replayed), tuner.steps());
    return new ChunkPass(this, Optional.empty(), plan.steps(batches), replayed, Map.of());
  }

  /** All its labels are the model's from here on; a function of the records, as all else. */
  private Chunk labelled(Chunk chunk) {
    NewLabels found = NewLabels.of(chunk, progress.labels(), growth.maxLabels());
    if (found.all().size() > progress.labels().size()) {
      OutputSpace all = growth.outputs(found.all());
      LOG.infof(
          "chunk %d has labels that the model lacked, it has a row for each of %s now",
          progress.chunks(), all.summary());
      FineTuner before = tuner;
      tuner = growth.tuner(before, all);
      before.close();
      plan = growth.plan(all);
      progress = progress.labelled(found.all());
    }
    return found.chunk();
  }

  /** Examples kept for replay, for a decay branch or to be scored that later records are about. */
  public List<RecordPosition> amended(Amendments amendments) {
    if (amendments.isEmpty()) {
      return List.of();
    }
    return Stream.of(
            replay().amended(amendments), tuner.amended(amendments), heldOut().amended(amendments))
        .flatMap(List::stream)
        .distinct()
        .toList();
  }

  /** Keeps these no longer, for whatever they were kept. */
  public void forget(List<RecordPosition> examples) {
    if (!examples.isEmpty()) {
      Set<RecordPosition> positions = Set.copyOf(examples);
      replay().forget(positions);
      tuner.forget(positions);
      heldOut().forget(positions);
    }
  }

  /** Replay that idle time is owed to, a batch at most; empty where none is. */
  public Optional<Work> idleWork() {
    int examples = replay().idleExamples(assembler.maxExamples());
    return examples == 0
        ? Optional.empty()
        : Optional.of(new Work.IdleReplay(examples, /* isRepeated= */ false));
  }

  /** By the pass: goes on to there. */
  void advance(Progress next) {
    progress = next;
  }

  /** By the pass: letters of a refused step are held back until another is applied. */
  void settle(StepOutcome outcome, List<DeadLetter> letters) {
    if (outcome instanceof StepOutcome.Rejected refusal) {
      rejected.add(refusal.reason(), letters);
    } else {
      rejected.release().forEach(this::refuse);
      letters.forEach(this::refuse);
    }
  }

  /** By the pass, once its steps are taken: what they showed of the stream changes what follows. */
  void react(DriftReactions reactions) {
    if (reactions.react(tuner, heldOut())) {
      driftReactions++;
    }
  }

  /** By the pass, at its end: one line, so that a broken producer cannot flood the log. */
  void logRefused() {
    if (!refused.isEmpty()) {
      DeadLetter first = refused.get(0);
      LOG.warnf(
          "%d records of chunk %d go to the dead-letter topic, the first is %s: %s, %s",
          refused.size(),
          progress.chunks(),
          first.record().position(),
          first.reason(),
          first.detail());
      refused.clear();
    }
  }

  private void refuse(DeadLetter letter) {
    progress = progress.refused(letter.reason().name());
    refused.add(letter);
    refuse.accept(letter);
  }

  @Override
  public void close() {
    tuner.close();
  }
}
