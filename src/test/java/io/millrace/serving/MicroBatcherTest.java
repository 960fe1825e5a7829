package io.millrace.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.tokenize.TokenMatrix;
import io.millrace.tokenize.TokenizedText;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MicroBatcherTest {

  private final ExecutorService callers = Executors.newCachedThreadPool();
  private final CountDownLatch first = new CountDownLatch(1);
  private final CountDownLatch gate = new CountDownLatch(1);
  private final List<Integer> passes = new ArrayList<>();
  private final MicroBatcher batcher = new MicroBatcher(4, this::model);

  @AfterEach
  void stop() {
    callers.shutdownNow();
  }

  @Test
  void whatComesWhileAPassRunsSharesTheNextAndEachGetsItsOwnAnswers() throws Exception {
    // Given a pass under way
    CompletableFuture<float[][]> alone = ask(1);
    assertThat(first.await(10, TimeUnit.SECONDS)).isTrue();

    // When five more come, of seven texts
    List<CompletableFuture<float[][]>> others =
        IntStream.of(1, 2, 1, 1, 2)
            .mapToObj(
                texts -> {
                  int waiting = batcher.waiting();
                  CompletableFuture<float[][]> answer = ask(texts);
                  await().until(() -> batcher.waiting() == waiting + 1);
                  return answer;
                })
            .toList();
    gate.countDown();

    // Then they take two more passes, in the order of their arrival
    assertThat(alone.get(10, TimeUnit.SECONDS)).isDeepEqualTo(new float[][] {{1}});
    assertThat(others.get(1).get(10, TimeUnit.SECONDS)).isDeepEqualTo(new float[][] {{2}, {2}});
    assertThat(others.get(4).get(10, TimeUnit.SECONDS)).isDeepEqualTo(new float[][] {{2}, {2}});
    assertThat(passes).containsExactly(1, 4, 3);
  }

  @Test
  void aRequestOfMoreTextsIsAPassOfItsOwn() throws Exception {
    gate.countDown();

    assertThat(ask(9).get(10, TimeUnit.SECONDS)).hasDimensions(9, 1);
    assertThat(passes).containsExactly(9);
  }

  @Test
  void aFailedPassFailsAllWhoShareItAndNoOthers() throws Exception {
    MicroBatcher failing =
        new MicroBatcher(
            4,
            tokens -> {
              throw new OutOfMemoryError("no memory");
            });

    assertThatThrownBy(() -> failing.logits(List.of(text(1)))).hasMessage("no memory");
    assertThatThrownBy(() -> failing.logits(List.of(text(1)))).hasMessage("no memory");
  }

  private CompletableFuture<float[][]> ask(int texts) {
    return CompletableFuture.supplyAsync(
        () -> batcher.logits(IntStream.range(0, texts).mapToObj(i -> text(texts)).toList()),
        callers);
  }

  /** As long as its request has texts: the answer tells whose it is. */
  private static TokenizedText text(int length) {
    return new TokenizedText(new int[length], new int[length]);
  }

  private float[][] model(TokenMatrix tokens) {
    first.countDown();
    try {
      assertThat(gate.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    passes.add(tokens.rows());
    float[][] answers = new float[tokens.rows()][1];
    for (int row = 0; row < tokens.rows(); row++) {
      for (int column = 0; column < tokens.length(); column++) {
        answers[row][0] += tokens.mask()[row * tokens.length() + column];
      }
    }
    return answers;
  }
}
