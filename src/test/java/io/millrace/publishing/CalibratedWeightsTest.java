package io.millrace.publishing;

import static io.millrace.testing.HostTensors.assertSame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.millrace.model.TransformerClassifier;
import io.millrace.model.arch.Bert;
import io.millrace.score.Temperature;
import io.millrace.step.FineTuner;
import io.millrace.testing.Labels;
import io.millrace.testing.TinyBert;
import io.millrace.tokenize.TokenMatrix;
import io.millrace.torch.file.HostTensor;
import io.millrace.torch.file.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CalibratedWeightsTest {

  private static final Temperature TEMPERATURE = new Temperature(2.5);

  @TempDir private Path folder;

  @Test
  void whoeverLoadsThemGetsTheLogitsDividedAndTrainingGoesOnAsItWas() throws IOException {
    try (FineTuner tuner =
            new FineTuner(TinyBert.classifier(0, 2), TinyBert.settings(Map.of()), Labels.TASK);
        TransformerClassifier candidate = tuner.candidate()) {
      // Given
      TokenMatrix tokens = TinyBert.batch(6, 1).tokens();
      float[][] logits = candidate.logits(tokens);
      Map<String, HostTensor> before = tuner.snapshot().weights();

      // When
      Path file = folder.resolve("model.safetensors");
      Safetensors.write(
          file, CalibratedWeights.of(candidate.parameters(), TEMPERATURE), Map.of("format", "pt"));

      // Then
      try (TransformerClassifier loaded =
          TransformerClassifier.of(
              new Bert(TinyBert.config(0)), Safetensors.read(file), Device.cpu())) {
        float[][] found = loaded.logits(tokens);
        for (int row = 0; row < logits.length; row++) {
          for (int label = 0; label < logits[row].length; label++) {
            assertThat(found[row][label]).isCloseTo(logits[row][label] / 2.5f, within(1e-5f));
          }
        }
      }
      assertThat(candidate.logits(tokens)).isDeepEqualTo(logits);
      assertSame(tuner.snapshot().weights(), before);
    }
  }

  @Test
  void withoutATemperatureTheyAreTheSame() {
    try (TransformerClassifier model = TinyBert.model(0)) {
      assertSame(CalibratedWeights.of(model.parameters(), Temperature.NONE), model.snapshot());
    }
  }
}
