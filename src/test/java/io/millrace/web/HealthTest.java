package io.millrace.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.serving.Predictor;
import io.millrace.testing.ListedVersions;
import io.millrace.testing.Versions;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.Test;

class HealthTest {

  private final Fakes.Training training = new Fakes.Training();
  private final ListedVersions versions = new ListedVersions();
  private final Predictor predictor = Fakes.predictor(versions);

  @Test
  void livenessFailsWithTheReasonOnceTrainingHasStopped() {
    // Given
    assertThat(new TrainingLiveness(training).call().getStatus()).isEqualTo(Status.UP);

    // When
    training.failure = Optional.of("weights are not finite");

    // Then
    HealthCheckResponse response = new TrainingLiveness(training).call();
    assertThat(response.getStatus()).isEqualTo(Status.DOWN);
    assertThat(response.getData()).hasValue(Map.of("failure", "weights are not finite"));
  }

  @Test
  void startUpWaitsForTheModel() {
    assertThat(new ModelStartup(training).call().getStatus()).isEqualTo(Status.DOWN);
    training.started = true;
    assertThat(new ModelStartup(training).call().getStatus()).isEqualTo(Status.UP);
  }

  @Test
  void readinessWaitsForTrainingAndForTheVersionFoundAtStart() {
    // Given
    ModelReadiness readiness = new ModelReadiness(training, predictor);
    versions.put(Versions.version(4));
    training.started = true;
    assertThat(readiness.call().getStatus()).isEqualTo(Status.DOWN);

    // When
    predictor.follow();

    // Then
    assertThat(readiness.call().getStatus()).isEqualTo(Status.UP);
    assertThat(readiness.call().getData()).hasValue(Map.of("servedVersion", 4L));
    training.failure = Optional.of("stopped");
    assertThat(readiness.call().getStatus()).isEqualTo(Status.DOWN);
  }

  @Test
  void aServiceWithoutAVersionIsReadyToTrain() {
    // When
    training.started = true;
    predictor.follow();

    // Then
    assertThat(new ModelReadiness(training, predictor).call().getStatus()).isEqualTo(Status.UP);
  }
}
