package io.millrace.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.problem.OpenProblems;
import io.millrace.serving.model.ModelLoader;
import io.millrace.serving.model.ServingModel;
import io.millrace.serving.model.TextInput;
import io.millrace.task.label.LabelAnswer;
import io.millrace.testing.Labels;
import io.millrace.testing.ListedVersions;
import io.millrace.testing.Versions;
import io.millrace.version.ModelVersion;
import io.quarkus.runtime.StartupEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PredictorTest {

  private static final List<TextInput> ONE = List.of(new TextInput("a text", Optional.empty()));

  private final ListedVersions store = new ListedVersions();
  private final FakeLoader loader = new FakeLoader();
  private final Predictor predictor = new Predictor(store, loader, Labels.TASK, Runnable::run);

  /** Keeps the version before the current one. */
  private Predictor keeping() {
    return new Predictor(
        store,
        loader,
        Labels.TASK,
        new VersionRouter(Optional.empty(), 0),
        true,
        new OpenProblems(),
        Runnable::run);
  }

  @Test
  void withoutAVersionItSaysSo() {
    // Given
    predictor.atStart(new StartupEvent());

    // Then
    assertThat(predictor.ready()).isTrue();
    assertThat(predictor.servedVersion()).isEmpty();
    assertThatThrownBy(() -> predictor.predict(ONE))
        .isInstanceOf(NoVersionException.class)
        .hasMessageContaining("No version of the model can answer yet");
  }

  @Test
  void theVersionFoundAtStartAnswers() {
    // Given
    store.put(Versions.version(3));
    assertThat(predictor.ready()).isFalse();

    // When
    predictor.atStart(new StartupEvent());

    // Then
    assertThat(predictor.ready()).isTrue();
    Predictions answer = predictor.predict(ONE).join();
    assertThat(answer.version()).isEqualTo(3);
    assertThat(answer.predictions())
        .extracting(one -> ((LabelAnswer) one).label())
        .containsExactly("spam");
  }

  @Test
  void aNewVersionTakesOverAndTheOldOneIsClosed() {
    // Given
    announce(Versions.version(1));

    // When
    announce(Versions.version(2));

    // Then
    assertThat(predictor.predict(ONE).join().version()).isEqualTo(2);
    assertThat(loader.model(1).closed).hasValue(1);
    assertThat(loader.model(2).closed).hasValue(0);
  }

  @Test
  void theVersionBeforeStaysLoadedWhereThatIsWantedAndGoesWithTheNext() {
    // Given
    Predictor keeping = keeping();
    for (long number = 1; number <= 3; number++) {
      store.put(Versions.version(number));
      keeping.follow();
    }

    // Then
    assertThat(loader.loads).containsExactly(1L, 2L, 3L);
    assertThat(loader.model(1).closed).hasValue(1);
    assertThat(loader.model(2).closed).hasValue(0);
    assertThat(keeping.predict(ONE).join().version()).isEqualTo(3);
    assertThat(keeping.predict(ONE, VersionChoice.parse("previous")).join().version()).isEqualTo(2);
    assertThat(keeping.predict(ONE, VersionChoice.parse("2")).join().version()).isEqualTo(2);
    assertThatThrownBy(() -> keeping.predict(ONE, VersionChoice.parse("1")))
        .isInstanceOf(NotLoadedException.class)
        .hasMessage("Version 1 is not loaded here, loaded are [2, 3]");

    // And at a start both are loaded
    Predictor restarted = keeping();
    restarted.follow();
    assertThat(restarted.predict(ONE, VersionChoice.parse("previous")).join().version())
        .isEqualTo(2);
  }

  @Test
  void aPinnedVersionAnswersButForTheCanarysShare() {
    // Given version 3 is current and 1 is pinned
    for (long number = 1; number <= 3; number++) {
      store.put(Versions.version(number));
    }
    Predictor pinned =
        new Predictor(
            store,
            loader,
            Labels.TASK,
            new VersionRouter(Optional.of(1L), 0.25),
            false,
            new OpenProblems(),
            Runnable::run);
    pinned.follow();

    // When
    Map<Long, Integer> answers = new HashMap<>();
    for (int customer = 0; customer < 2000; customer++) {
      VersionChoice choice = new VersionChoice.Routed(Optional.of("customer " + customer));
      long version = pinned.predict(ONE, choice).join().version();
      assertThat(pinned.predict(ONE, choice).join().version()).isEqualTo(version);
      answers.merge(version, 1, Integer::sum);
    }

    // Then
    assertThat(pinned.servedVersion()).contains(1L);
    assertThat(answers.keySet()).containsExactlyInAnyOrder(1L, 3L);
    assertThat(answers.get(3L)).isBetween(400, 600);
    assertThat(pinned.predict(ONE, VersionChoice.parse("current")).join().version()).isEqualTo(3);
    assertThatThrownBy(() -> pinned.predict(ONE, VersionChoice.parse("previous")))
        .hasMessage("A previous version is not loaded here, loaded are [1, 3]");
  }

  @Test
  void nothingAnswersForAPinnedVersionThatIsNotThere() {
    store.put(Versions.version(3));
    Predictor pinned =
        new Predictor(
            store,
            loader,
            Labels.TASK,
            new VersionRouter(Optional.of(2L), 0),
            false,
            new OpenProblems(),
            Runnable::run);
    pinned.follow();

    assertThatThrownBy(() -> pinned.predict(ONE))
        .isInstanceOf(NoVersionException.class)
        .hasMessage("Version 2, which millrace.serving.pin names, could not be loaded here");
    assertThatThrownBy(() -> VersionChoice.parse("newest"))
        .hasMessage("a version is \"current\", \"previous\", \"pinned\" or a number");
  }

  @Test
  void aModelThatFailsItsFirstPassIsRefusedAndClosed() {
    // Given
    announce(Versions.version(1));
    loader.next = CompletableFuture.failedFuture(new IllegalStateException("no memory"));

    // When
    announce(Versions.version(2));

    // Then
    assertThat(predictor.predict(ONE).join().version()).isEqualTo(1);
    assertThat(loader.model(2).closed).hasValue(1);
    assertThat(predictor.problem())
        .contains("Version 2 of default is refused: no memory. Predictions stay with version 1");
  }

  @Test
  void aModelWhoseLogitsCannotBeProbabilitiesIsRefusedAndClosed() {
    // Given
    announce(Versions.version(1));

    // When one gives a number that is none, and another too few
    loader.next = CompletableFuture.completedFuture(new float[][] {{0, Float.NaN}});
    announce(Versions.version(2));
    Optional<String> notFinite = predictor.problem();
    loader.next = CompletableFuture.completedFuture(new float[][] {{0}});
    announce(Versions.version(3));

    // Then
    assertThat(notFinite)
        .contains(
            "Version 2 of default is refused: model.safetensors gives the logit NaN,"
                + " expected finite ones. Predictions stay with version 1");
    assertThat(predictor.problem())
        .contains(
            "Version 3 of default is refused: model.safetensors gives 1 logits for 2 labels"
                + " (ham, spam). Predictions stay with version 1");
    assertThat(loader.model(2).closed).hasValue(1);
    assertThat(loader.model(3).closed).hasValue(1);
    assertThat(predictor.predict(ONE).join().version()).isEqualTo(1);
  }

  @Test
  void anAnnouncementOfWhatIsServedLoadsNothing() {
    // Given
    announce(Versions.version(1));

    // When
    predictor.announced(Versions.version(1));

    // Then
    assertThat(loader.loads).containsExactly(1L);
  }

  @Test
  void aRequestUnderWayEndsOnTheModelItBeganWith() throws Exception {
    // Given
    announce(Versions.version(1));
    FakeModel old = loader.model(1);
    old.answer = new CompletableFuture<>();
    CompletableFuture<Predictions> first = predictor.predict(ONE);
    CompletableFuture<Predictions> second = predictor.predict(ONE);

    // When
    announce(Versions.version(2));

    // Then
    assertThat(predictor.predict(ONE).join().version()).isEqualTo(2);
    assertThat(old.closed).hasValue(0);
    old.answer.complete(new float[][] {{0, 1}});
    assertThat(first.get(10, TimeUnit.SECONDS).version()).isEqualTo(1);
    assertThat(second.get(10, TimeUnit.SECONDS).version()).isEqualTo(1);
    assertThat(old.closed).hasValue(1);
  }

  @Test
  void aVersionThatCannotBeLoadedLeavesTheOldOneServing() {
    // Given
    announce(Versions.version(1));
    loader.failure = new IOException("model.safetensors is damaged");

    // When
    announce(Versions.version(2));

    // Then
    assertThat(predictor.predict(ONE).join().version()).isEqualTo(1);
    assertThat(loader.model(1).closed).hasValue(0);
    assertThat(predictor.problem())
        .contains(
            "Version 2 of default is refused: model.safetensors is damaged. Predictions stay with"
                + " version 1");

    // And a later good one is taken
    loader.failure = null;
    announce(Versions.version(3));
    assertThat(predictor.predict(ONE).join().version()).isEqualTo(3);
    assertThat(predictor.problem()).isEmpty();
  }

  @Test
  void aFailedPredictionDoesNotKeepTheModelOpen() {
    // Given
    announce(Versions.version(1));
    loader.model(1).answer = CompletableFuture.failedFuture(new IllegalStateException("no memory"));

    // When
    assertThatThrownBy(() -> predictor.predict(ONE).join()).hasRootCauseMessage("no memory");
    announce(Versions.version(2));

    // Then
    assertThat(loader.model(1).closed).hasValue(1);
  }

  @Test
  void closingLetsGoOnceAndLoadsNothingMore() {
    // Given
    announce(Versions.version(1));

    // When
    predictor.close();
    announce(Versions.version(2));

    // Then
    assertThat(loader.model(1).closed).hasValue(1);
    assertThat(loader.loads).containsExactly(1L);
    assertThatThrownBy(() -> predictor.predict(ONE)).isInstanceOf(NoVersionException.class);
  }

  private void announce(ModelVersion version) {
    store.put(version);
    predictor.announced(version);
  }

  private static final class FakeLoader implements ModelLoader {
    final List<Long> loads = new ArrayList<>();
    final Map<Long, FakeModel> models = new HashMap<>();
    IOException failure;
    CompletableFuture<float[][]> next;

    @Override
    public ServingModel load(ModelVersion version) throws IOException {
      loads.add(version.version());
      if (failure != null) {
        throw failure;
      }
      FakeModel model = new FakeModel();
      model.answer = next;
      models.put(version.version(), model);
      return model;
    }

    FakeModel model(long version) {
      return models.get(version);
    }
  }

  private static final class FakeModel implements ServingModel {
    final AtomicInteger closed = new AtomicInteger();
    CompletableFuture<float[][]> answer; // null for one of its own at once

    @Override
    public CompletableFuture<float[][]> logits(List<TextInput> inputs) {
      assertThat(closed).as("a model in use is open").hasValue(0);
      float[][] logits = new float[inputs.size()][];
      Arrays.fill(logits, new float[] {0, 1});
      return answer == null ? CompletableFuture.completedFuture(logits) : answer;
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }
}
