package io.millrace.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TaggingScoreTest {

  @Test
  void theExampleOfSeqevalsReadmeHasItsScore() {
    TaggingScore score =
        TaggingScore.of(
            List.of(tags("O O B-MISC I-MISC I-MISC I-MISC O"), tags("B-PER I-PER O")),
            List.of(tags("O O O B-MISC I-MISC I-MISC O"), tags("B-PER I-PER O")));

    assertThat(score.sequences()).isEqualTo(2);
    assertThat(score.entities()).isEqualTo(2);
    assertThat(score.precision()).isEqualTo(0.5);
    assertThat(score.recall()).isEqualTo(0.5);
    assertThat(score.f1()).isEqualTo(0.5);
  }

  @Test
  void anInsideTagThatContinuesNothingIsNoEntityAsInSeqevalsStrictMode() {
    TaggingScore score =
        TaggingScore.of(List.of(tags("I-NP I-NP O")), List.of(tags("B-NP I-NP O")));

    assertThat(score.precision()).isNaN();
    assertThat(score.recall()).isZero();
    assertThat(score.f1()).isZero();
  }

  @Test
  void typeAndBothEndsMustBeRight() {
    // Given entities: PER 0-2, LOC 3-4, LOC 4-5, ORG 6-8; answered: one whole, one type, one end
    TaggingScore score =
        TaggingScore.of(
            List.of(tags("B-PER I-PER O B-ORG B-LOC O B-ORG O")),
            List.of(tags("B-PER I-PER O B-LOC B-LOC O B-ORG I-ORG")));

    assertThat(score.entities()).isEqualTo(4);
    assertThat(score.precision()).isEqualTo(0.5);
    assertThat(score.recall()).isEqualTo(0.5);
  }

  @Test
  void aTagOfAnotherTypeEndsAnEntity() {
    TaggingScore score =
        TaggingScore.of(List.of(tags("B-PER I-LOC")), List.of(tags("B-PER I-PER")));

    assertThat(score.f1()).isZero();
    assertThat(score.precision()).isZero();
  }

  @Test
  void withoutEntitiesNothingIsDefined() {
    TaggingScore score = TaggingScore.of(List.of(tags("O O")), List.of(tags("O O")));

    assertThat(List.of(score.precision(), score.recall(), score.f1())).containsOnly(Double.NaN);
  }

  @Test
  void harmonicMeanOfUnequalPrecisionAndRecall() {
    TaggingScore score =
        TaggingScore.of(List.of(tags("B-A O O O")), List.of(tags("B-A B-A B-A O")));

    assertThat(score.precision()).isEqualTo(1);
    assertThat(score.f1()).isCloseTo(2 * (1.0 / 3) / (1 + 1.0 / 3), within(1e-12));
  }

  @Test
  void sequencesMustMatchTagByTag() {
    assertThatThrownBy(() -> TaggingScore.of(List.of(tags("O")), List.of(tags("O O"))))
        .hasMessage("sequence 0 has 2 tags, predicted are 1");
  }

  private static List<String> tags(String tags) {
    return Arrays.asList(tags.split(" "));
  }
}
