package io.millrace.publishing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.millrace.commit.CommitParts;
import io.millrace.commit.OwnerState;
import io.millrace.commit.VersionCheckpoints;
import io.millrace.event.Outbox;
import io.millrace.gate.PublicationDecision;
import io.millrace.heldout.HeldOutEvaluator;
import io.millrace.learner.Learner;
import io.millrace.learner.LearnerTest;
import io.millrace.promotion.Champion;
import io.millrace.promotion.PromotionGate;
import io.millrace.run.LearnerBuilder;
import io.millrace.run.NoCheckpoints;
import io.millrace.run.Passes;
import io.millrace.score.Temperature;
import io.millrace.step.CandidateModel;
import io.millrace.testing.Labels;
import io.millrace.testing.TinyTokenizer;
import io.millrace.testing.Versions;
import io.millrace.time.RunClock;
import io.millrace.version.FolderVersionStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written is loaded back and compared before it is a version. */
class PublisherTest {

  @TempDir private Path folder;

  private final Learner learner = new LearnerBuilder().build();
  private final HeldOutEvaluator evaluator =
      new HeldOutEvaluator(Labels.TASK, 8, () -> LearnerBuilder.LABELS);
  private FolderVersionStore versions;
  private Publisher publisher;
  private Publisher.Candidate candidate;

  @BeforeEach
  void aCandidate() throws IOException {
    versions = new FolderVersionStore(folder.resolve("versions"));
    publisher =
        new Publisher(
            versions,
            new VersionCheckpoints(new NoCheckpoints(), versions, 2),
            ArtifactUploader.none(),
            Versions.TERM,
            new PublicationFacts("test", "tiny", TinyTokenizer.json(), 64, Map.of(), Map.of()),
            evaluator,
            Device.cpu(),
            Runnable::run,
            RunClock.SYSTEM);
    Passes.train(learner, LearnerTest.chunk(0), step -> {});
    try (CandidateModel model = CandidateModel.of(learner.tuner())) {
      candidate = publisher.candidate(1, learner, model, verdict(), Optional.empty());
    }
    assertThat(candidate.logits()).as("probe texts").isNotEmpty();
  }

  @AfterEach
  void close() {
    learner.close();
  }

  @Test
  void aVersionThatIsTheSameWhenLoadedBackIsKept() throws IOException {
    Champion champion = publish(candidate);

    versions.verify(champion.version());
    assertThat(files()).isNotEmpty();
    champion.close();
  }

  @ParameterizedTest
  @ValueSource(floats = {0.01f, -0.01f, Float.NaN, Float.POSITIVE_INFINITY})
  void aVersionThatDiffersWhenLoadedBackIsRefusedAndLeavesNothing(float difference)
      throws IOException {
    // Given that on the last probe text the model that was evaluated gave another answer
    float[][] evaluated =
        Arrays.stream(candidate.logits()).map(float[]::clone).toArray(float[][]::new);
    evaluated[evaluated.length - 1][1] += difference;
    Publisher.Candidate other =
        new Publisher.Candidate(
            candidate.content(), candidate.scores(), candidate.probes(), evaluated);

    // When
    assertThatThrownBy(() -> publish(other))
        .isInstanceOf(CompletionException.class)
        .hasMessageContaining("version 1 was not published")
        .hasMessageContaining("loaded back, its logits differ by ")
        .hasMessageContaining(" on probe text " + (evaluated.length - 1));

    // Then
    assertThat(files()).isEmpty();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> left = Files.walk(folder.resolve("versions"))) {
      return left.filter(Files::isRegularFile).toList();
    }
  }

  private Champion publish(Publisher.Candidate what) {
    return publisher
        .publish(what, CommitParts.of(learner.snapshot(), Outbox.EMPTY, 0, OwnerState.START))
        .champion()
        .join();
  }

  private PromotionGate.Verdict verdict() {
    return new PromotionGate.Verdict(
        Versions.evaluation(0.9),
        evaluator.frozen(tokens -> new float[tokens.rows()][2]),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        new PublicationDecision.Publish("because", Optional.empty()),
        Optional.empty(),
        Temperature.NONE);
  }
}
