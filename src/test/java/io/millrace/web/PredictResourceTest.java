package io.millrace.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.input.ExampleSettings;
import io.millrace.serving.Predictor;
import io.millrace.serving.model.ServingModel;
import io.millrace.serving.model.ServingSettings;
import io.millrace.serving.model.TextInput;
import io.millrace.serving.model.UnsupportedInputException;
import io.millrace.testing.Labels;
import io.millrace.testing.ListedVersions;
import io.millrace.testing.Versions;
import io.millrace.web.problem.RefusedException;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What the base cannot read is the caller's matter, not a failure of the service. */
class PredictResourceTest {

  private final Predictor predictor =
      new Predictor(
          new ListedVersions().put(Versions.version(1)),
          version -> new OneSegment(),
          Labels.TASK,
          Runnable::run);

  @Test
  void anInputThatTheBaseCannotReadIsAnswered400WithItsPlaceAndTheRule() {
    // Given
    assertThat(predictor.follow()).isTrue();
    PredictResource resource =
        new PredictResource(
            predictor, settings(ServingSettings.class), settings(ExampleSettings.class));
    PredictRequest.Input alone = new PredictRequest.Input("a", null);
    PredictRequest.Input pair = new PredictRequest.Input("a", "b");

    // When, then
    assertThatThrownBy(
            () ->
                resource
                    .predict(new PredictRequest(null, null, List.of(alone, pair), null), null, null)
                    .await()
                    .indefinitely())
        .isInstanceOfSatisfying(
            RefusedException.class, refused -> assertThat(refused.status()).isEqualTo(400))
        .hasMessage("inputs[1]: no pairs");
    assertThatThrownBy(
            () ->
                resource
                    .predict(new PredictRequest("a", "b", null, null), null, null)
                    .await()
                    .indefinitely())
        .hasMessage("text: no pairs");
    assertThat(
            resource
                .predict(new PredictRequest("a", " ", null, null), null, null)
                .await()
                .indefinitely()
                .getStatus())
        .isEqualTo(200);
  }

  private static <T> T settings(Class<T> mapping) {
    return new SmallRyeConfigBuilder().withMapping(mapping).build().getConfigMapping(mapping);
  }

  private static final class OneSegment implements ServingModel {

    @Override
    public CompletableFuture<float[][]> logits(List<TextInput> inputs) {
      for (int i = 0; i < inputs.size(); i++) {
        if (inputs.get(i).textPair().isPresent()) {
          return CompletableFuture.failedFuture(new UnsupportedInputException(i, "no pairs"));
        }
      }
      return CompletableFuture.completedFuture(new float[inputs.size()][2]);
    }

    @Override
    public void close() {}
  }
}
