package io.millrace.tokenize;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.Examples;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BatchAssemblerTest {

  private final BatchAssembler assembler = new BatchAssembler(32, 2048, 42);

  @Test
  void everyExampleIsInExactlyOneBatchWithinBothBudgets() {
    List<TokenizedExample> chunk = randomChunk(500, 128);

    List<TokenBatch> batches = assembler.assemble(chunk, 0);

    assertThat(batches.stream().flatMap(batch -> batch.examples().stream()))
        .containsExactlyInAnyOrderElementsOf(chunk);
    assertThat(batches)
        .allSatisfy(
            batch -> {
              assertThat(batch.size()).isLessThanOrEqualTo(32);
              assertThat(batch.tokens().paddedTokens()).isLessThanOrEqualTo(2048);
            });
  }

  @Test
  void batchesByLengthPadLittle() {
    List<TokenBatch> batches = assembler.assemble(randomChunk(256, 64), 0);

    long tokens = batches.stream().mapToLong(batch -> batch.tokens().tokens()).sum();
    long padded = batches.stream().mapToLong(batch -> batch.tokens().paddedTokens()).sum();
    assertThat(1 - (double) tokens / padded).isLessThan(0.15);
  }

  @Test
  void theRestIsSharedEvenly() {
    List<TokenizedExample> chunk = new ArrayList<>();
    for (int i = 0; i < 45; i++) {
      chunk.add(Examples.example(i, 10, 0));
    }

    assertThat(assembler.assemble(chunk, 0))
        .extracting(TokenBatch::size)
        .containsExactlyInAnyOrder(23, 22);
  }

  @Test
  void theSameChunkGivesTheSameBatches() {
    List<TokenizedExample> chunk = randomChunk(300, 64);

    assertThat(assembler.assemble(chunk, 3))
        .extracting(TokenBatch::examples)
        .isEqualTo(assembler.assemble(chunk, 3).stream().map(TokenBatch::examples).toList());
    assertThat(assembler.assemble(chunk, 3))
        .extracting(TokenBatch::examples)
        .isNotEqualTo(assembler.assemble(chunk, 4).stream().map(TokenBatch::examples).toList());
  }

  @Test
  void aTextAboveTheBudgetStandsAlone() {
    BatchAssembler small = new BatchAssembler(32, 16, 42);

    assertThat(small.assemble(List.of(Examples.example(0, 20, 0), Examples.example(1, 8, 0)), 0))
        .extracting(TokenBatch::size)
        .containsExactly(1, 1);
  }

  @Test
  void aMatrixPadsBehindEachTextAndMasksIt() {
    TokenMatrix matrix = TokenMatrix.of(List.of(Examples.text(3), Examples.text(1)));

    assertThat(matrix.ids()).containsExactly(7, 7, 7, 7, 0, 0);
    assertThat(matrix.mask()).containsExactly(1, 1, 1, 1, 0, 0);
    assertThat(matrix.tokens()).isEqualTo(4);
    assertThat(matrix.paddedTokens()).isEqualTo(6);
  }

  private static List<TokenizedExample> randomChunk(int size, int maxLength) {
    Random random = new Random(1);
    List<TokenizedExample> chunk = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      chunk.add(Examples.example(i, 3 + random.nextInt(maxLength - 2), i % 2));
    }
    return chunk;
  }
}
