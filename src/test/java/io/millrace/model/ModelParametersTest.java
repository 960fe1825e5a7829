package io.millrace.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import io.millrace.model.block.FrozenBase;
import io.millrace.model.block.ParameterSpec.Role;
import io.millrace.step.FineTuner;
import io.millrace.testing.Labels;
import io.millrace.testing.TinyBert;
import io.millrace.torch.file.HostTensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A model over a base that belongs to another. */
class ModelParametersTest {

  private final TransformerClassifier owner = TinyBert.model(0);

  @AfterEach
  void close() {
    owner.close();
  }

  @Test
  void aModelOfOnesOwnHasNoBaseAndMayTrainAll() {
    assertThat(owner.parameters().base()).isEqualTo(FrozenBase.NONE);
    assertThat(owner.parameters().trainable().keySet())
        .containsExactlyElementsOf(owner.parameters().specs().names());
  }

  @Test
  void aModelOverABaseAnswersAsIfTheWeightsWereItsOwn() {
    try (TransformerClassifier model = overABase()) {
      assertThat(model.logits(TinyBert.batch(4, 1).tokens()))
          .isDeepEqualTo(owner.logits(TinyBert.batch(4, 1).tokens()));
    }
  }

  @Test
  void trainingChangesWhatTrainsAndLeavesTheBaseToOthers() {
    // Given
    Map<String, HostTensor> before = owner.snapshot();

    // When
    try (FineTuner tuner =
        new FineTuner(overABase(), TinyBert.settings(Map.of("warmup-steps", "0")), Labels.TASK)) {
      tuner.step(TinyBert.batch(8, 1));

      // Then a checkpoint has what trains, and nothing else
      Map<String, HostTensor> trained = tuner.snapshot().weights();
      assertThat(trained)
          .containsOnlyKeys(
              "bert.pooler.dense.weight",
              "bert.pooler.dense.bias",
              "classifier.weight",
              "classifier.bias");
      assertThat(trained)
          .allSatisfy(
              (name, tensor) -> assertThat(tensor.data()).isNotEqualTo(before.get(name).data()));

      // And a version has all, in the order of the file
      try (TransformerClassifier candidate = tuner.candidate()) {
        Map<String, HostTensor> merged = candidate.parameters().merged();
        assertThat(List.copyOf(merged.keySet())).isEqualTo(List.copyOf(before.keySet()));
        merged.forEach(
            (name, tensor) ->
                assertThat(tensor.data())
                    .as(name)
                    .isEqualTo((trained.containsKey(name) ? trained : before).get(name).data()));
      }
    }

    // And the base outlives the model
    owner
        .snapshot()
        .forEach((name, tensor) -> assertThat(tensor.data()).isEqualTo(before.get(name).data()));
  }

  private TransformerClassifier overABase() {
    Map<String, NDArray> base = new HashMap<>();
    Map<String, HostTensor> own = owner.snapshot();
    owner.parameters().specs().all().stream()
        .filter(spec -> spec.role() == Role.WORDS || spec.role() == Role.BODY)
        .forEach(
            spec -> {
              base.put(spec.name(), owner.parameters().array(spec.name()));
              own.remove(spec.name());
            });
    return TransformerClassifier.of(
        owner.architecture(), new FrozenBase(base), own, owner.device());
  }
}
