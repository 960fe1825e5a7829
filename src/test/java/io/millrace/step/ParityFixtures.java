package io.millrace.step;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.example.Target;
import io.millrace.model.arch.Architectures;
import io.millrace.testing.Berts;
import io.millrace.testing.Examples;
import io.millrace.tokenize.TokenBatch;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.tokenize.TokenizedText;
import io.millrace.torch.file.HostTensor;
import io.millrace.torch.file.Safetensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Reads what {@code src/test/python/hf_parity.py} writes: {@code config.json} and {@code
 * model.safetensors} of the model before the first step, {@code case.json} with settings, batches
 * and losses, and {@code step-N.safetensors} with {@code logits}, {@code gradient.NAME} (before
 * clipping) and {@code weight.NAME} (behind the step).
 */
final class ParityFixtures {

  private ParityFixtures() {}

  static ParityCase read(Path folder) throws IOException {
    JsonNode json = new ObjectMapper().readTree(folder.resolve("case.json").toFile());
    Map<String, String> settings = new LinkedHashMap<>();
    json.get("settings")
        .fields()
        .forEachRemaining(field -> settings.put(field.getKey(), field.getValue().asText()));
    List<ParityCase.Step> steps = new ArrayList<>();
    for (JsonNode step : json.get("steps")) {
      Path file = folder.resolve("step-" + (steps.size() + 1) + ".safetensors");
      Map<String, double[]> tensors = new ReferenceTensors(Safetensors.read(file)).values();
      steps.add(
          new ParityCase.Step(
              batch(step),
              tensors.get("logits"),
              step.get("loss").asDouble(),
              step.get("grad_norm").asDouble(),
              withPrefix("gradient.", tensors),
              withPrefix("weight.", tensors)));
    }
    Map<String, HostTensor> weights = Safetensors.read(folder.resolve("model.safetensors"));
    return new ParityCase(
        Berts.config(Architectures.read(folder.resolve("config.json"))), weights, settings, steps);
  }

  private static Map<String, double[]> withPrefix(String prefix, Map<String, double[]> tensors) {
    Map<String, double[]> chosen = new LinkedHashMap<>();
    tensors.forEach(
        (name, values) -> {
          if (name.startsWith(prefix)) {
            chosen.put(name.substring(prefix.length()), values);
          }
        });
    return chosen;
  }

  private static TokenBatch batch(JsonNode step) {
    return TokenBatch.of(
        IntStream.range(0, step.get("ids").size())
            .mapToObj(
                row ->
                    new TokenizedExample(
                        "id" + row,
                        new TokenizedText(
                            integers(step.get("ids").get(row)),
                            integers(step.get("type_ids").get(row))),
                        new Target.Label(step.get("labels").get(row).asInt()),
                        step.get("weights").get(row).asDouble(),
                        Examples.NOON,
                        Examples.at(row)))
            .toList());
  }

  private static int[] integers(JsonNode array) {
    return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
  }
}
