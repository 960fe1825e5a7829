package io.millrace.serving.model;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MicroBatcherTest {

  private final CountDownLatch first = new CountDownLatch(1);
  private final CountDownLatch gate = new CountDownLatch(1);
  private final List<Integer> passes = new CopyOnWriteArrayList<>();
  private final MicroBatcher batcher = new MicroBatcher("test-inference", 4, this::model);

  @AfterEach
  void stop() {
    gate.countDown();
    batcher.close();
  }

  @Test
  void whatComesWhileAPassRunsSharesTheNextAndEachGetsItsOwnAnswers() throws Exception {
    // Given a pass under way
    CompletableFuture<float[][]> alone = ask(1, "a");
    assertThat(first.await(10, SECONDS)).isTrue();

    // When five more come, of seven texts
    CompletableFuture<float[][]> one = ask(1, "bb");
    CompletableFuture<float[][]> two = ask(2, "ccc");
    List<CompletableFuture<float[][]>> others =
        List.of(ask(1, "d"), ask(1, "eeeee"), ask(2, "ffffff"));
    assertThat(batcher.waiting()).isEqualTo(7);
    gate.countDown();

    // Then they take two more passes, in the order of their arrival
    assertThat(alone.get(10, SECONDS)).isDeepEqualTo(new float[][] {{1}});
    assertThat(one.get(10, SECONDS)).isDeepEqualTo(new float[][] {{2}});
    assertThat(two.get(10, SECONDS)).isDeepEqualTo(new float[][] {{3}, {3}});
    assertThat(others.get(0).get(10, SECONDS)).isDeepEqualTo(new float[][] {{1}});
    assertThat(others.get(1).get(10, SECONDS)).isDeepEqualTo(new float[][] {{5}});
    assertThat(others.get(2).get(10, SECONDS)).isDeepEqualTo(new float[][] {{6}, {6}});
    assertThat(passes).containsExactly(1, 4, 3);
  }

  @Test
  void aRequestOfMoreTextsIsAPassOfItsOwn() throws Exception {
    gate.countDown();

    assertThat(ask(9, "a").get(10, SECONDS)).hasDimensions(9, 1);
    assertThat(passes).containsExactly(9);
  }

  @Test
  void aRequestThatFailsTakesNoneThatShareItsPassWithIt() throws Exception {
    // Given a pass under way, and two that will share the next with one that fails
    CompletableFuture<float[][]> before = ask(1, "a");
    assertThat(first.await(10, SECONDS)).isTrue();
    List<CompletableFuture<float[][]>> sharing =
        List.of(ask(1, "b"), ask(2, "no memory"), ask(1, "c"));
    CompletableFuture<float[][]> behind = ask(1, "dd");

    // When
    gate.countDown();

    // Then
    assertThat(before.get(10, SECONDS)).isDeepEqualTo(new float[][] {{1}});
    assertThatThrownBy(() -> sharing.get(1).get(10, SECONDS))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(OutOfMemoryError.class)
        .hasMessage("no memory");
    assertThat(sharing.get(0).get(10, SECONDS)).isDeepEqualTo(new float[][] {{1}});
    assertThat(sharing.get(2).get(10, SECONDS)).isDeepEqualTo(new float[][] {{1}});
    assertThat(behind.get(10, SECONDS)).isDeepEqualTo(new float[][] {{2}});
    assertThat(passes).containsExactly(1, 4, 1, 2, 1, 1);
  }

  @Test
  void whoComesWhenTooManyWaitIsSentAway() throws Exception {
    // Given 64 passes' texts behind the one under way
    CompletableFuture<float[][]> before = ask(1, "a");
    assertThat(first.await(10, SECONDS)).isTrue();
    List<CompletableFuture<float[][]>> waiting =
        IntStream.range(0, 64).mapToObj(i -> ask(4, "b")).toList();

    // When
    CompletableFuture<float[][]> oneMore = ask(1, "c");

    // Then
    assertThatThrownBy(oneMore::join)
        .cause()
        .isInstanceOf(OverloadedException.class)
        .hasMessage("256 texts wait for an answer already");
    gate.countDown();
    assertThat(before.get(10, SECONDS)).hasDimensions(1, 1);
    for (CompletableFuture<float[][]> answer : waiting) {
      assertThat(answer.get(10, SECONDS)).hasDimensions(4, 1);
    }
    assertThat(ask(1, "d").get(10, SECONDS)).hasDimensions(1, 1);
  }

  @Test
  void closingEndsTheThreadEvenFromAnAnswer() throws Exception {
    // Given
    CompletableFuture<Thread> closer =
        ask(1, "a")
            .thenApply(
                answer -> {
                  batcher.close();
                  return Thread.currentThread();
                });

    // When
    gate.countDown();

    // Then
    Thread thread = closer.get(10, SECONDS);
    assertThat(thread.getName()).isEqualTo("test-inference");
    await().until(() -> !thread.isAlive());
    assertThatThrownBy(() -> ask(1, "b")).hasMessage("the model is closed");
  }

  private CompletableFuture<float[][]> ask(int texts, String text) {
    return batcher.logits(Collections.nCopies(texts, new TextInput(text, Optional.empty())));
  }

  /** Answers with the text's length: it tells whose it is. */
  private float[][] model(List<TextInput> inputs) {
    first.countDown();
    try {
      assertThat(gate.await(10, SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    passes.add(inputs.size());
    if (inputs.stream().anyMatch(input -> input.text().equals("no memory"))) {
      throw new OutOfMemoryError("no memory");
    }
    return inputs.stream()
        .map(input -> new float[] {input.text().length()})
        .toArray(float[][]::new);
  }
}
