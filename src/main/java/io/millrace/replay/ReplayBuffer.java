package io.millrace.replay;

import io.millrace.example.Amendments;
import io.millrace.example.RecordPosition;
import io.millrace.optim.StepSeed;
import io.millrace.tokenize.TokenizedExample;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A bounded reservoir of past training examples, to be trained on again.
 *
 * <p>What is drawn in front of step N depends on the seed, N and the buffer's content alone, and
 * what is kept on the seed and the examples offered, so that a {@link ReplayState} restores both.
 * No draw is of more than half of the buffer, and those of the step just done come last: a batch
 * never comes twice running.
 *
 * <p>Examples are kept as tokens: about 300 bytes and 8 a token. Training thread only.
 */
public final class ReplayBuffer {

  /** Apart from dropout's use of the same step numbers. */
  private static final long DRAWING = 1;

  private static final long PLACING = 2;

  private final ReplaySettings settings;
  private final long seed;
  private final Map<Integer, Long> seenByLabel;
  private final List<KeptExample> kept;
  private final Reservoir reservoir;
  private long seen;
  private long owed;

  /** An empty buffer. */
  public ReplayBuffer(ReplaySettings settings, long seed) {
    this(settings, seed, ReplayState.EMPTY);
  }

  /**
   * Goes on from a saved state. Where it holds more than {@code size} now allows, a uniform part of
   * it stays; where it holds less, the next examples fill the room, whichever they are.
   */
  public ReplayBuffer(ReplaySettings settings, long seed, ReplayState state) {
    this.settings = settings;
    this.seed = seed;
    this.seenByLabel = new HashMap<>(state.seenByLabel());
    this.kept = new ArrayList<>(state.kept());
    this.seen = state.seen();
    this.owed = state.owed();
    this.reservoir = Reservoir.of(settings.strategy(), state.fullLabels());
    SplittableRandom random = random(PLACING, seen);
    while (kept.size() > settings.size()) {
      kept.remove(random.nextInt(kept.size()));
    }
  }

  /** Whether anything is kept at all. */
  public boolean enabled() {
    return settings.size() > 0;
  }

  /** Whether draws depend on losses, so that {@link #trained} should be told of new ones. */
  public boolean usesLosses() {
    return enabled() && settings.strategy() == ReplayStrategy.LOSS;
  }

  /** Examples kept. */
  public int size() {
    return kept.size();
  }

  /**
   * The past examples to mix into a chunk. Fractions are carried from chunk to chunk, so that
   * chunks of any size come to {@code ratio}.
   *
   * @param newExamples new examples of the chunk
   * @param step number of the chunk's first step
   * @param times as many as the ratio says: above 1 while drift asks for more
   */
  public List<TokenizedExample> forChunk(int newExamples, long step, int times) {
    double perNew = settings.ratio() / (1 - settings.ratio());
    double due = Math.floor((seen + newExamples) * perNew) - Math.floor(seen * perNew);
    return draw((int) Math.min(due * times, kept.size() / 2), step);
  }

  /** As many as the ratio says. */
  public List<TokenizedExample> forChunk(int newExamples, long step) {
    return forChunk(newExamples, step, 1);
  }

  /**
   * How many examples an idle step would replay now; 0 while that many are not owed.
   *
   * @param maxExamples most examples of a batch
   */
  public int idleExamples(int maxExamples) {
    int count = Math.min(maxExamples, kept.size() / 2);
    return owed >= count ? count : 0;
  }

  /**
   * The past examples to train on while no chunk waits.
   *
   * @param examples how many, see {@link #idleExamples}
   * @param step number of the step
   */
  public List<TokenizedExample> forIdle(int examples, long step) {
    return draw(Math.min(examples, kept.size()), step);
  }

  private List<TokenizedExample> draw(int count, long step) {
    return count == 0
        ? List.of()
        : ReplayDraw.of(kept, count, usesLosses(), step - 1, random(DRAWING, step));
  }

  /** Offers an example that was just trained on for the first time; the reservoir decides. */
  public void offer(KeptExample example) {
    if (!enabled()) {
      return;
    }
    int label = example.example().target().group();
    seen++;
    long seenOfLabel = seenByLabel.merge(label, 1L, Long::sum);
    if (kept.size() < settings.size()) {
      kept.add(example);
    } else {
      reservoir
          .place(label, kept, seen, seenOfLabel, random(PLACING, seen))
          .ifPresent(place -> kept.set(place, example));
    }
    // What is no longer kept cannot be replayed: a backlog must not be paid by a few examples.
    long perExample = settings.passes() - 1L;
    owed = Math.min(owed + perExample, perExample * kept.size());
  }

  /**
   * Says which of the examples drawn were trained on.
   *
   * @param losses their losses by the weights before that step, where known
   * @param step the step
   */
  public void trained(
      List<TokenizedExample> replayed, Map<TokenizedExample, Double> losses, long step) {
    Set<TokenizedExample> again = Set.copyOf(replayed);
    kept.replaceAll(
        one ->
            again.contains(one.example())
                ? new KeptExample(
                    one.example(), losses.getOrDefault(one.example(), one.loss()), step)
                : one);
    owed = Math.max(0, owed - replayed.size());
  }

  /** Removes examples that cannot be trained on. */
  public void drop(List<TokenizedExample> broken) {
    Set<TokenizedExample> gone = Set.copyOf(broken);
    kept.removeIf(one -> gone.contains(one.example()));
  }

  /** The examples that later records are about. */
  public List<RecordPosition> amended(Amendments amendments) {
    return kept.stream()
        .map(KeptExample::example)
        .filter(example -> amendments.of(example.id(), example.position()).isPresent())
        .map(TokenizedExample::position)
        .toList();
  }

  /** Removes those that stand at these positions. */
  public void forget(Set<RecordPosition> positions) {
    kept.removeIf(one -> positions.contains(one.example().position()));
  }

  /** A copy of everything that the next draw depends on. */
  public ReplayState state() {
    return new ReplayState(seenByLabel, reservoir.fullLabels(), owed, kept);
  }

  private SplittableRandom random(long purpose, long number) {
    return new SplittableRandom(StepSeed.of(StepSeed.of(seed, -purpose), number));
  }
}
