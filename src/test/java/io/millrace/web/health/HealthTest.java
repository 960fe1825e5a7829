package io.millrace.web.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.problem.OpenProblems;
import io.millrace.problem.Outlook;
import io.millrace.serving.Predictor;
import io.millrace.testing.ListedVersions;
import io.millrace.testing.Versions;
import io.millrace.web.Fakes;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.Test;

class HealthTest {

  private final Fakes.Training training = new Fakes.Training();
  private final OpenProblems problems = new OpenProblems();
  private final ListedVersions versions = new ListedVersions();
  private final Predictor predictor = Fakes.predictor(versions);

  @Test
  void livenessFailsWithTheReasonOnlyWhereARestartHelps() {
    // Given a loop that stopped, and would again
    training.failure = Optional.of("weights are not finite");
    assertThat(new TrainingLiveness(training).call().getStatus()).isEqualTo(Status.UP);

    // When
    training.restartHelps = true;
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
    ModelReadiness readiness = new ModelReadiness(training, predictor, problems);
    versions.put(Versions.version(4));
    training.started = true;
    assertThat(readiness.call().getStatus()).isEqualTo(Status.DOWN);

    // When
    predictor.follow();

    // Then
    assertThat(readiness.call().getStatus()).isEqualTo(Status.UP);
    assertThat(readiness.call().getData()).hasValue(Map.of("servedVersion", 4L));
  }

  @Test
  void whereTrainingHasStoppedAVersionThatAnswersKeepsTheInstanceReady() {
    // Given
    ModelReadiness readiness = new ModelReadiness(training, predictor, problems);
    training.started = true;
    training.failure = Optional.of("stopped");
    predictor.follow();
    assertThat(readiness.call().getStatus()).isEqualTo(Status.DOWN);

    // When
    versions.put(Versions.version(4));
    predictor.follow();

    // Then
    assertThat(readiness.call().getStatus()).isEqualTo(Status.UP);
  }

  @Test
  void aProblemIsToldByReadinessAndDoesNotEndIt() {
    // Given
    ModelReadiness readiness = new ModelReadiness(training, predictor, problems);
    training.started = true;
    predictor.follow();

    // When
    problems.report("commit", Outlook.WAITS_FOR_OPERATOR, "a right is missing", "grant it");

    // Then
    HealthCheckResponse response = readiness.call();
    assertThat(response.getStatus()).isEqualTo(Status.UP);
    assertThat(response.getData()).hasValue(Map.of("problem", "commit: a right is missing"));
  }

  @Test
  void aServiceWithoutAVersionIsReadyToTrain() {
    // When
    training.started = true;
    predictor.follow();

    // Then
    assertThat(new ModelReadiness(training, predictor, problems).call().getStatus())
        .isEqualTo(Status.UP);
  }
}
