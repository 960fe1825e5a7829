package io.millrace.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.checkpoint.Checkpoint;
import io.millrace.commit.CommitParts;
import io.millrace.commit.OwnerState;
import io.millrace.event.Outbox;
import io.millrace.learner.Learner;
import io.millrace.learner.LearnerTest;
import io.millrace.score.Scored;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Steps of which a share, drawn by seed and number, is scored before it is trained on. */
class PrequentialSamplingTest {

  private static final int CHUNKS = 12;
  private static final int HALF_WAY = 5;

  @Test
  void aShareOfTheStepsIsScoredAndARestartDrawsTheSame() {
    try (Learner learner = half().build()) {
      // Given
      List<List<Scored>> scored = new ArrayList<>();
      Checkpoint unit = null;
      for (int chunk = 0; chunk < CHUNKS; chunk++) {
        if (chunk == HALF_WAY) {
          unit = CommitParts.of(learner.snapshot(), Outbox.EMPTY, 0, OwnerState.START);
        }
        Passes.train(learner, LearnerTest.chunk(chunk), step -> {});
        scored.add(scores(learner));
      }

      // Then of 480 examples, in batches of 16 and less, about half were scored
      int all = CHUNKS * 40;
      assertThat(learner.prequential().recent()).hasSizeBetween(all / 4, all * 3 / 4);
      assertThat(learner.progress().examplesTrained()).isEqualTo(all);
      assertThat(learner.drift().state().examples()).as("all are watched for drift").isEqualTo(all);

      // And behind a restart the same ones are
      try (Learner restored = half().from(unit).build()) {
        for (int chunk = HALF_WAY; chunk < CHUNKS; chunk++) {
          Passes.train(restored, LearnerTest.chunk(chunk), step -> {});
          assertThat(scores(restored)).isEqualTo(scored.get(chunk));
        }
      }
    }
  }

  @Test
  void scoringChangesNothingOfTheWeights() {
    try (Learner none = half().prequentialShare(0).build();
        Learner all = half().prequentialShare(1).build()) {
      for (int chunk = 0; chunk < 3; chunk++) {
        Passes.train(none, LearnerTest.chunk(chunk), step -> {});
        Passes.train(all, LearnerTest.chunk(chunk), step -> {});
      }

      assertThat(none.prequential().recent()).isEmpty();
      assertThat(none.tuner().snapshot().weights().get("classifier.weight").data())
          .isEqualTo(all.tuner().snapshot().weights().get("classifier.weight").data());
    }
  }

  private static List<Scored> scores(Learner learner) {
    return learner.prequential().recent().stream()
        .map(one -> new Scored(one.truth().group(), one.predicted(), one.loss()))
        .toList();
  }

  private static LearnerBuilder half() {
    return new LearnerBuilder().prequential(1_000).prequentialShare(0.5);
  }
}
