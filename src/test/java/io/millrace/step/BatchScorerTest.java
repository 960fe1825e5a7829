package io.millrace.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.EngineException;
import io.millrace.testing.Examples;
import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenMatrix;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchScorerTest {

  private static final TokenBatch BATCH =
      TokenBatch.of(
          List.of(
              Examples.example(0, 2, 0),
              Examples.example(1, 9, 0),
              Examples.example(2, 3, 0),
              Examples.example(3, 4, 0),
              Examples.example(4, 5, 0)));

  @Test
  void whatDoesNotFitTogetherIsScoredInHalvesInOrder() {
    assertThat(scored(12)).containsExactly("id0: 2", "id1: 9", "id2: 3", "id3: 4", "id4: 5");
  }

  @Test
  void anExampleThatDoesNotFitAloneIsLeftOut() {
    assertThat(scored(8)).containsExactly("id0: 2", "id2: 3", "id3: 4", "id4: 5");
  }

  @Test
  void anotherFailureIsPassedOn() {
    EngineException broken = new EngineException("shape mismatch");
    BatchScorer scorer =
        new BatchScorer(
            tokens -> {
              throw broken;
            });

    assertThatThrownBy(() -> scorer.score(BATCH, (example, logits) -> {})).isSameAs(broken);
  }

  /** Each example with its own length as its logit, by a model with memory for so many tokens. */
  private static List<String> scored(int memory) {
    List<String> scored = new ArrayList<>();
    new BatchScorer(tokens -> lengths(tokens, memory))
        .score(BATCH, (example, logits) -> scored.add(example.id() + ": " + Math.round(logits[0])));
    return scored;
  }

  private static float[][] lengths(TokenMatrix tokens, int memory) {
    if (tokens.paddedTokens() > memory) {
      throw new EngineException("CUDA out of memory.");
    }
    float[][] rows = new float[tokens.rows()][1];
    for (int row = 0; row < rows.length; row++) {
      for (int column = 0; column < tokens.length(); column++) {
        rows[row][0] += tokens.mask()[row * tokens.length() + column];
      }
    }
    return rows;
  }
}
