package io.millrace.optim;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.arch.Bert;
import io.millrace.testing.BertTensors;
import io.millrace.testing.TinyBert;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ParameterGroupTest {

  /** Two layers. */
  private static final Set<String> NAMES = BertTensors.all(TinyBert.config(0), 2).keySet();

  @Test
  void byDefaultThereAreTwoGroupsWithAndWithoutDecay() {
    List<ParameterGroup> groups = groups(Map.of("weight-decay", "0.1"));

    assertThat(groups).extracting(ParameterGroup::weightDecay).containsExactlyInAnyOrder(0.1, 0.0);
    assertThat(groups).extracting(ParameterGroup::rateFactor).containsOnly(1.0);
    assertThat(groups.stream().mapToInt(group -> group.names().size()).sum())
        .isEqualTo(NAMES.size());
    assertThat(group(groups, "bert.embeddings.word_embeddings.weight").weightDecay())
        .isEqualTo(0.1);
    assertThat(group(groups, "classifier.weight").weightDecay()).isEqualTo(0.1);
    assertThat(group(groups, "classifier.bias").weightDecay()).isZero();
    assertThat(group(groups, "bert.embeddings.LayerNorm.weight").weightDecay()).isZero();
  }

  @Test
  void theRateFallsFromLayerToLayerAndTheHeadHasItsOwn() {
    List<ParameterGroup> groups =
        groups(
            Map.of("learning-rate", "1e-4", "head-learning-rate", "5e-4", "layer-lr-decay", "0.5"));

    assertThat(factor(groups, "classifier.weight")).isEqualTo(5);
    assertThat(factor(groups, "bert.pooler.dense.bias")).isEqualTo(5);
    assertThat(factor(groups, "bert.encoder.layer.1.output.dense.weight")).isEqualTo(0.5);
    assertThat(factor(groups, "bert.encoder.layer.0.output.dense.weight")).isEqualTo(0.25);
    assertThat(factor(groups, "bert.embeddings.word_embeddings.weight")).isEqualTo(0.125);
  }

  @Test
  void frozenParametersAreInNoGroup() {
    assertThat(names(groups(Map.of("freeze-embeddings", "true"))))
        .isNotEmpty()
        .noneMatch(name -> name.startsWith("bert.embeddings."))
        .anyMatch(name -> name.contains(".layer.0."));
    assertThat(names(groups(Map.of("freeze-layers", "2"))))
        .containsExactlyInAnyOrder(
            "bert.pooler.dense.weight",
            "bert.pooler.dense.bias",
            "classifier.weight",
            "classifier.bias");
  }

  private static List<ParameterGroup> groups(Map<String, String> settings) {
    return ParameterGroup.of(
        NAMES, new Bert(TinyBert.config(0)).parameters(2), TinyBert.settings(settings));
  }

  private static List<String> names(List<ParameterGroup> groups) {
    return groups.stream().flatMap(group -> group.names().stream()).toList();
  }

  private static double factor(List<ParameterGroup> groups, String name) {
    return group(groups, name).rateFactor();
  }

  private static ParameterGroup group(List<ParameterGroup> groups, String name) {
    return groups.stream().filter(group -> group.names().contains(name)).findFirst().orElseThrow();
  }
}
