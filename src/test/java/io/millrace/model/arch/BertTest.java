package io.millrace.model.arch;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.block.ParameterSpec;
import io.millrace.model.block.ParameterSpec.Role;
import io.millrace.model.block.ParameterSpec.Start;
import io.millrace.model.block.ParameterSpecs;
import io.millrace.testing.BertTensors;
import io.millrace.testing.TinyBert;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The parameters that BERT declares by being run, beside those written down by hand. */
class BertTest {

  private static final int LABELS = 5;

  @ParameterizedTest
  @EnumSource(Pooling.class)
  void itsParametersAreThoseOfHuggingFaceInTheirOrder(Pooling pooling) {
    // Given
    BertConfig config = TinyBert.config(0.1).with(pooling);
    Map<String, long[]> expected = BertTensors.all(config, LABELS);

    // When
    ParameterSpecs specs = new Bert(config).parameters(LABELS);

    // Then
    assertThat(specs.names()).containsExactlyElementsOf(expected.keySet());
    assertThat(specs.all())
        .allSatisfy(spec -> assertThat(spec.shape()).isEqualTo(expected.get(spec.name())));
  }

  @ParameterizedTest
  @EnumSource(Pooling.class)
  void whatEachParameterIsForFollowsFromItsPlace(Pooling pooling) {
    ParameterSpecs specs = new Bert(TinyBert.config(0.1).with(pooling)).parameters(LABELS);

    assertThat(specs.layers()).isEqualTo(2);
    assertThat(specs.words().orElseThrow().name())
        .isEqualTo("bert.embeddings.word_embeddings.weight");
    assertThat(specs.all())
        .allSatisfy(
            spec -> {
              String name = spec.name();
              boolean vector = name.endsWith(".bias") || name.contains("LayerNorm");
              assertThat(spec.decays()).as(name).isEqualTo(!vector);
              assertThat(spec.depth()).as(name).isEqualTo(depth(name));
              assertThat(spec.role()).as(name).isEqualTo(role(name));
              assertThat(spec.start()).as(name).isEqualTo(start(name));
            });
  }

  private static int depth(String name) {
    if (name.startsWith("bert.embeddings.")) {
      return 0;
    }
    return name.startsWith("bert.encoder.layer.0.")
        ? 1
        : name.startsWith("bert.encoder.layer.1.") ? 2 : 3;
  }

  private static Role role(String name) {
    if (name.contains("word_embeddings")) {
      return Role.WORDS;
    }
    return name.startsWith("classifier.")
        ? Role.OUTPUT
        : name.startsWith("bert.pooler.") ? Role.HEAD : Role.BODY;
  }

  private static Start start(String name) {
    if (name.endsWith(".bias")) {
      return Start.ZEROS;
    }
    return name.contains("LayerNorm") ? Start.ONES : Start.NORMAL;
  }

  @Test
  void aBaseMayHaveParametersWithoutPrefixAndByTheOldNamesOfLayerNorm() {
    ParameterSpecs specs = new Bert(TinyBert.config(0.1)).parameters(LABELS);

    assertThat(aliases(specs, "bert.embeddings.LayerNorm.weight"))
        .containsExactly(
            "bert.embeddings.LayerNorm.gamma",
            "embeddings.LayerNorm.weight",
            "embeddings.LayerNorm.gamma");
    assertThat(aliases(specs, "bert.pooler.dense.bias")).containsExactly("pooler.dense.bias");
    assertThat(aliases(specs, "classifier.weight")).isEmpty();
  }

  private static List<String> aliases(ParameterSpecs specs, String name) {
    return specs.named(name).map(ParameterSpec::aliases).orElseThrow();
  }

  @Test
  void anUnknownModelTypeIsRefusedWithTheFileAndTheKnownOnes() {
    assertThatThrownBy(
            () ->
                Architectures.parse(
                    "{\"model_type\": \"roberta\"}".getBytes(US_ASCII), "a/config.json"))
        .isInstanceOf(BaseModelException.class)
        .hasMessage(
            "a/config.json: \"model_type\" is \"roberta\","
                + " only \"bag-of-words\" or \"bert\" is supported");
  }
}
