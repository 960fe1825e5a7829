package io.millrace.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.model.arch.Bert;
import io.millrace.model.arch.Pooling;
import io.millrace.torch.file.HostTensor;
import io.millrace.torch.file.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParityFixturesTest {

  private static final List<String> LABELS = List.of("a", "b", "c");

  @TempDir private Path folder;

  @Test
  void aCaseInTheScriptsFormatIsReadAsItIs() throws IOException {
    // Given
    ParityCase written = ParityCase.ofReference(Pooling.CLS, 0.5);
    ParityCase.Step first = written.steps().get(0);
    Files.write(folder.resolve("config.json"), new Bert(written.config()).configJson(LABELS));
    Safetensors.write(folder.resolve("model.safetensors"), written.weights(), Map.of());
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    tensors.put("logits", narrowed(first.logits()));
    first.gradients().forEach((name, array) -> tensors.put("gradient." + name, narrowed(array)));
    first.weights().forEach((name, array) -> tensors.put("weight." + name, narrowed(array)));
    Safetensors.write(folder.resolve("step-1.safetensors"), tensors, Map.of());
    new ObjectMapper()
        .writeValue(
            folder.resolve("case.json").toFile(),
            Map.of("settings", written.settings(), "steps", List.of(json(first))));

    // When
    ParityCase read = ParityFixtures.read(folder);

    // Then
    assertThat(read.config()).isEqualTo(written.config());
    assertThat(read.settings()).isEqualTo(written.settings());
    assertThat(read.weights().keySet()).isEqualTo(written.weights().keySet());
    ParityCase.Step step = read.steps().get(0);
    assertThat(step.batch().tokens().ids()).containsExactly(first.batch().tokens().ids());
    assertThat(step.batch().tokens().typeIds()).containsExactly(first.batch().tokens().typeIds());
    assertThat(step.batch().groups()).containsExactly(first.batch().groups());
    assertThat(step.batch().weights()).containsExactly(first.batch().weights());
    assertThat(step.loss()).isEqualTo(first.loss());
    assertThat(step.gradNorm()).isEqualTo(first.gradNorm());
    assertThat(step.logits()).containsExactly(first.logits(), within(1e-6));
    assertSame(step.gradients(), first.gradients());
    assertSame(step.weights(), first.weights());
  }

  private static void assertSame(Map<String, double[]> read, Map<String, double[]> written) {
    assertThat(read.keySet()).isEqualTo(written.keySet());
    written.forEach(
        (name, array) -> assertThat(read.get(name)).as(name).containsExactly(array, within(1e-5)));
  }

  private static Map<String, Object> json(ParityCase.Step step) {
    return Map.of(
        "ids", step.batch().examples().stream().map(example -> example.text().ids()).toList(),
        "type_ids",
            step.batch().examples().stream().map(example -> example.text().typeIds()).toList(),
        "labels", step.batch().groups(),
        "weights", step.batch().examples().stream().map(example -> example.weight()).toList(),
        "loss", step.loss(),
        "grad_norm", step.gradNorm());
  }

  private static HostTensor narrowed(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return new HostTensor(new long[] {values.length}, floats);
  }
}
