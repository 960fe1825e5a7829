package io.millrace.model.arch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class BertConfigJsonTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final BertConfig CONFIG =
      new BertConfig(100, 24, 3, 4, 48, 64, 2, 1e-7, 0.2, 0.05, Pooling.CLS);

  @ParameterizedTest
  @EnumSource
  void whatIsWrittenIsReadBack(Pooling pooling, @TempDir Path folder) throws IOException {
    Path file = folder.resolve("config.json");
    BertConfig config = CONFIG.with(pooling);
    Files.write(file, new Bert(config).configJson(List.of("ham", "spam")));

    assertThat(Architectures.read(file)).isEqualTo(new Bert(config));
  }

  @Test
  void theWrittenConfigIsABertForSequenceClassification() throws IOException {
    JsonNode config = JSON.readTree(new Bert(CONFIG).configJson(List.of("ham", "spam")));

    assertThat(config)
        .isEqualTo(
            JSON.readTree(
                """
                {"architectures": ["BertForSequenceClassification"], "model_type": "bert",
                 "vocab_size": 100, "hidden_size": 24, "num_hidden_layers": 3,
                 "num_attention_heads": 4, "intermediate_size": 48, "hidden_act": "gelu",
                 "hidden_dropout_prob": 0.2, "attention_probs_dropout_prob": 0.05,
                 "max_position_embeddings": 64, "type_vocab_size": 2, "layer_norm_eps": 1e-7,
                 "initializer_range": 0.02, "pad_token_id": 0,
                 "position_embedding_type": "absolute", "classifier_dropout": null,
                 "classifier_pooling": "cls",
                 "problem_type": "single_label_classification", "torch_dtype": "float32",
                 "id2label": {"0": "ham", "1": "spam"}, "label2id": {"ham": 0, "spam": 1}}
                """));
  }

  @Test
  void fieldsThatOldFilesLackTakeHuggingFacesDefaults() throws IOException {
    ObjectNode config = written();
    config.remove(
        List.of(
            "architectures",
            "layer_norm_eps",
            "hidden_dropout_prob",
            "attention_probs_dropout_prob",
            "position_embedding_type",
            "classifier_pooling"));

    Architecture read = Architectures.parse(JSON.writeValueAsBytes(config), "config.json");

    assertThat(read)
        .isEqualTo(
            new Bert(new BertConfig(100, 24, 3, 4, 48, 64, 2, 1e-12, 0.1, 0.1, Pooling.CLS)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "model_type | \"roberta\" | : \"model_type\" is \"roberta\", only \"bag-of-words\" or \"bert\" is supported",
        "model_type | | : \"model_type\" is missing, only \"bag-of-words\" or \"bert\" is supported",
        "architectures | [\"GPT2LMHeadModel\"] | : \"architectures\" names GPT2LMHeadModel, only"
            + " Bert* is supported",
        "hidden_act | \"gelu_new\" | : \"hidden_act\" is \"gelu_new\", only \"gelu\" is supported",
        "position_embedding_type | \"relative_key\" | : \"position_embedding_type\" is"
            + " \"relative_key\", only \"absolute\" is supported",
        "is_decoder | true | : \"is_decoder\" is true, only encoders are supported",
        "classifier_pooling | \"max\" | : \"classifier_pooling\" is \"max\", only [cls, mean] are"
            + " supported",
        "vocab_size | | : \"vocab_size\" must be an integer, is missing",
        "hidden_size | \"24\" | : \"hidden_size\" must be an integer, is \"24\"",
        "num_hidden_layers | 2.5 | : \"num_hidden_layers\" must be an integer, is 2.5",
        "num_hidden_layers | 0 | : num_hidden_layers must be above 0, is 0",
        "num_attention_heads | 5 | : hidden_size 24 is not a multiple of num_attention_heads 5",
        "layer_norm_eps | \"1e-12\" | : \"layer_norm_eps\" must be a number, is \"1e-12\"",
        "layer_norm_eps | 0 | : layer_norm_eps must be above 0, is 0.0",
        "hidden_dropout_prob | 1 | : hidden_dropout_prob must be in [0, 1), is 1.0",
        "attention_probs_dropout_prob | -0.1 | : attention_probs_dropout_prob must be in [0, 1),"
            + " is -0.1",
      })
  void aConfigThatTheEncoderCannotComputeIsRefused(String field, String value, String rule)
      throws IOException {
    ObjectNode config = written();
    if (value == null) {
      config.remove(field);
    } else {
      config.set(field, JSON.readTree(value));
    }

    assertThatThrownBy(
            () -> Architectures.parse(JSON.writeValueAsBytes(config), "some/config.json"))
        .isInstanceOf(BaseModelException.class)
        .hasMessage("some/config.json" + rule);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"model_type\": | config.json is not valid JSON",
        "[] | config.json is not a JSON object",
        "'' | config.json is not a JSON object",
      })
  void whatIsNoJsonObjectIsRefused(String content, String message) {
    assertThatThrownBy(() -> Architectures.parse(content.getBytes(UTF_8), "config.json"))
        .isInstanceOf(BaseModelException.class)
        .hasMessage(message);
  }

  private static ObjectNode written() throws IOException {
    return (ObjectNode) JSON.readTree(new Bert(CONFIG).configJson(List.of("a", "b")));
  }
}
