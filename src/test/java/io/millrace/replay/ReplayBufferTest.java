package io.millrace.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.testing.Examples;
import io.millrace.testing.TinyBert;
import io.millrace.tokenize.TokenizedExample;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReplayBufferTest {

  /** One instance for each offset and label, as a stream has. */
  private static final List<TokenizedExample> EXAMPLES = new ArrayList<>();

  static {
    for (int i = 0; i < 3000; i++) {
      EXAMPLES.add(Examples.example(i / 3, 4, i % 3));
    }
  }

  @Test
  void everyExampleSeenIsKeptWithTheSameProbability() {
    // Given 2,000 buffers of 10 places, each offered the same 50 examples
    int[] kept = new int[50];
    for (int seed = 0; seed < 2000; seed++) {
      ReplayBuffer buffer = buffer(seed, Map.of("size", "10"));
      offer(buffer, 0, 50);
      offsets(buffer).forEach(offset -> kept[offset.intValue()]++);
    }

    // Then each is in a fifth of them: 400, within four standard deviations of 17.9
    for (int count : kept) {
      assertThat(count).isCloseTo(400, within(72));
    }
  }

  @Test
  void aRareLabelIsKeptWholeAndTheOthersShareTheRest() {
    ReplayBuffer buffer = classBalanced(3);
    imbalanced(3).forEach(buffer::offer);

    assertThat(countOf(buffer, 0)).isEqualTo(11);
    assertThat(countOf(buffer, 1)).isEqualTo(11);
    assertThat(countOf(buffer, 2)).isEqualTo(8);
  }

  @Test
  void withinALabelTheBalancedBufferIsUniform() {
    // Given 600 buffers that keep 11 of the 900 examples of label 0
    int early = 0;
    int late = 0;
    for (int seed = 0; seed < 600; seed++) {
      ReplayBuffer buffer = classBalanced(seed);
      List<KeptExample> stream = imbalanced(seed);
      stream.forEach(buffer::offer);
      Set<KeptExample> firstHalf = new HashSet<>(ofLabel(stream, 0).subList(0, 450));
      for (KeptExample one : ofLabel(buffer.state().kept(), 0)) {
        if (firstHalf.contains(one)) {
          early++;
        } else {
          late++;
        }
      }
    }

    // Then as many are of the first half as of the second: 3,300 within four deviations of 40.6
    assertThat(early + late).isEqualTo(6600);
    assertThat(early).isCloseTo(3300, within(163));
  }

  @Test
  void aHighLossComesBackMoreOften() {
    // Given losses of 0.1 and 2
    ReplayBuffer buffer = buffer(1, Map.of("size", "2", "strategy", "loss", "ratio", "0.5"));
    buffer.offer(kept(0, 0, 0.1));
    buffer.offer(kept(1, 0, 2));

    int second = 0;
    for (int step = 5; step < 4005; step++) {
      second += buffer.forChunk(1, step).get(0).position().offset() == 1 ? 1 : 0;
    }

    // Then the second is drawn in 2.01^0.6 / (2.01^0.6 + 0.11^0.6) of the cases
    assertThat(second / 4000.0).isCloseTo(0.8510, within(0.023));
  }

  @Test
  void theLossOfTheLastStepReplacesTheOneBefore() {
    ReplayBuffer buffer = buffer(1, Map.of("size", "2", "strategy", "loss"));
    KeptExample example = kept(0, 0, 0.1);
    buffer.offer(example);

    buffer.trained(List.of(example.example()), Map.of(example.example(), 3.5), 9);

    assertThat(buffer.state().kept()).containsExactly(new KeptExample(example.example(), 3.5, 9));
  }

  @Test
  void aDrawDependsOnSeedStepAndContentAlone() {
    ReplayBuffer buffer = buffer(1, Map.of("size", "100", "ratio", "0.5"));
    offer(buffer, 0, 300);
    ReplayBuffer restored =
        new ReplayBuffer(TinyBert.replay(Map.of("size", "100", "ratio", "0.5")), 1, buffer.state());

    // An additional draw changes nothing
    List<TokenizedExample> first = buffer.forChunk(16, 7);
    assertThat(buffer.forChunk(16, 7)).isEqualTo(first).hasSize(16).doesNotHaveDuplicates();
    assertThat(buffer.forChunk(16, 8)).isNotEqualTo(first);
    assertThat(restored.forChunk(16, 7)).isEqualTo(first);

    // And what is kept afterwards is the same too
    offer(buffer, 300, 500);
    offer(restored, 300, 500);
    assertThat(restored.state()).isEqualTo(buffer.state());
  }

  @Test
  void smallChunksComeToTheRatioToo() {
    // Given chunks of one example, a quarter of what is trained to be replayed
    ReplayBuffer buffer = buffer(1, Map.of("size", "50", "ratio", "0.25"));
    int replayed = 0;
    for (int i = 0; i < 300; i++) {
      replayed += buffer.forChunk(1, i + 1).size();
      offer(buffer, i, i + 1);
    }

    assertThat(replayed).isEqualTo(100);
  }

  @Test
  void idleTimeIsUsedUntilThePassesAreReachedAndNoBatchComesTwiceRunning() {
    // Given 64 examples, each trained once
    ReplayBuffer buffer = buffer(1, Map.of("size", "64", "passes", "3"));
    offer(buffer, 0, 64);

    // When idle time allows as many steps as are wanted
    Set<TokenizedExample> last = new HashSet<>();
    int replayed = 0;
    for (long step = 10; buffer.idleExamples(32) > 0; step++) {
      List<TokenizedExample> batch = buffer.forIdle(32, step);
      assertThat(batch).hasSize(32).noneMatch(last::contains);
      buffer.trained(batch, Map.of(), step);
      last = Set.copyOf(batch);
      replayed += batch.size();
    }

    // Then there were two more passes
    assertThat(replayed).isEqualTo(128);
  }

  @Test
  void aBufferThatWasTrainedInOneBatchComesBackInParts() {
    ReplayBuffer buffer = buffer(1, Map.of("size", "64", "passes", "5"));
    for (int i = 0; i < 10; i++) {
      buffer.offer(new KeptExample(Examples.example(i, 4, 0), 1, 1));
    }

    List<TokenizedExample> first = buffer.forIdle(buffer.idleExamples(32), 2);
    assertThat(first).hasSize(5);
    buffer.trained(first, Map.of(), 2);
    assertThat(buffer.forIdle(buffer.idleExamples(32), 3))
        .hasSize(5)
        .doesNotContainAnyElementsOf(first);
  }

  @Test
  void oneExampleAloneIsNotReplayed() {
    ReplayBuffer buffer = buffer(1, Map.of("size", "64", "passes", "5"));
    offer(buffer, 0, 1);

    assertThat(buffer.idleExamples(32)).isZero();
  }

  @Test
  void aBacklogOwesNoMoreThanTheBufferHolds() {
    // Given 1,000 examples trained without any idle time, ten of them kept
    ReplayBuffer buffer = buffer(1, Map.of("size", "10", "passes", "2"));
    offer(buffer, 0, 1000);

    assertThat(buffer.state().owed()).isEqualTo(10);
  }

  @Test
  void withOnePassIdleTimeStaysIdle() {
    ReplayBuffer buffer = buffer(1, Map.of("size", "64"));
    offer(buffer, 0, 64);

    assertThat(buffer.idleExamples(32)).isZero();
  }

  @Test
  void withoutASizeNothingIsKept() {
    ReplayBuffer buffer = buffer(1, Map.of("passes", "5"));
    offer(buffer, 0, 100);

    assertThat(buffer.enabled()).isFalse();
    assertThat(buffer.state()).isEqualTo(ReplayState.EMPTY);
    assertThat(buffer.forChunk(32, 1)).isEmpty();
  }

  @Test
  void aSmallerSizeKeepsPartOfWhatWasThere() {
    ReplayBuffer buffer = buffer(1, Map.of("size", "50"));
    offer(buffer, 0, 50);

    ReplayBuffer smaller =
        new ReplayBuffer(TinyBert.replay(Map.of("size", "20")), 1, buffer.state());

    assertThat(smaller.state().kept())
        .hasSize(20)
        .isSubsetOf(buffer.state().kept())
        .isNotEqualTo(buffer.state().kept().subList(0, 20));
  }

  private static ReplayBuffer buffer(long seed, Map<String, String> settings) {
    return new ReplayBuffer(TinyBert.replay(settings), seed);
  }

  private static ReplayBuffer classBalanced(long seed) {
    return buffer(seed, Map.of("size", "30", "strategy", "class-balanced"));
  }

  /** 900 examples of label 0, 92 of label 1 and 8 of label 2, shuffled. */
  private static List<KeptExample> imbalanced(long seed) {
    List<Integer> labels = new ArrayList<>(Collections.nCopies(900, 0));
    labels.addAll(Collections.nCopies(92, 1));
    labels.addAll(Collections.nCopies(8, 2));
    Collections.shuffle(labels, new Random(seed));
    List<KeptExample> stream = new ArrayList<>();
    labels.forEach(label -> stream.add(kept(stream.size(), label, 1)));
    return stream;
  }

  private static void offer(ReplayBuffer buffer, int from, int to) {
    for (int i = from; i < to; i++) {
      buffer.offer(kept(i, 0, 1));
    }
  }

  private static KeptExample kept(long offset, int label, double loss) {
    return new KeptExample(EXAMPLES.get((int) offset * 3 + label), loss, 1);
  }

  private static List<Long> offsets(ReplayBuffer buffer) {
    return buffer.state().kept().stream().map(one -> one.example().position().offset()).toList();
  }

  private static List<KeptExample> ofLabel(List<KeptExample> examples, int label) {
    return examples.stream().filter(one -> one.example().target().group() == label).toList();
  }

  private static int countOf(ReplayBuffer buffer, int label) {
    return ofLabel(buffer.state().kept(), label).size();
  }
}
