package io.millrace.model.arch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;

/** Hugging Face's {@code config.json} in and out. */
final class BertConfigJson {

  static final String MODEL_TYPE = "bert";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String POOLING = "classifier_pooling";
  private static final String PAD = "pad_token_id";

  private BertConfigJson() {}

  /**
   * @throws BaseModelException naming the file, the field and the rule when this is not a BERT that
   *     the encoder computes to the letter
   */
  static BertConfig of(ConfigFile file) {
    file.require("model_type", MODEL_TYPE);
    JsonNode root = file.root();
    for (JsonNode architecture : root.path("architectures")) {
      if (!architecture.asText().startsWith("Bert")) {
        throw new BaseModelException(
            "%s: \"architectures\" names %s, only Bert* is supported"
                .formatted(file.file(), architecture.asText()));
      }
    }
    if (root.has("hidden_act")) { // absent means BERT's own, gelu: so transformers reads it
      file.require("hidden_act", "gelu");
    }
    if (root.has("position_embedding_type")) {
      file.require("position_embedding_type", "absolute");
    }
    if (root.path("is_decoder").asBoolean(false)) {
      throw new BaseModelException(
          file.file() + ": \"is_decoder\" is true, only encoders are supported");
    }
    try {
      return new BertConfig(
          file.integer("vocab_size"),
          file.integer("hidden_size"),
          file.integer("num_hidden_layers"),
          file.integer("num_attention_heads"),
          file.integer("intermediate_size"),
          file.integer("max_position_embeddings"),
          file.integer("type_vocab_size"),
          file.number("layer_norm_eps", 1e-12),
          file.number("hidden_dropout_prob", 0.1),
          file.number("attention_probs_dropout_prob", 0.1),
          pooling(file),
          pad(root));
    } catch (IllegalArgumentException e) {
      throw new BaseModelException(file.file() + ": " + e.getMessage(), e);
    }
  }

  /**
   * The {@code config.json} of a classifier; with {@link Pooling#CLS}, as {@code
   * AutoModelForSequenceClassification} reads it.
   */
  static byte[] write(BertConfig config, List<String> labels) {
    ObjectNode root = JSON.createObjectNode();
    root.putArray("architectures").add(config.classifierPooling().architecture());
    root.put("model_type", MODEL_TYPE);
    root.put("vocab_size", config.vocabSize());
    root.put("hidden_size", config.hiddenSize());
    root.put("num_hidden_layers", config.numHiddenLayers());
    root.put("num_attention_heads", config.numAttentionHeads());
    root.put("intermediate_size", config.intermediateSize());
    root.put("hidden_act", "gelu");
    root.put("hidden_dropout_prob", config.hiddenDropoutProb());
    root.put("attention_probs_dropout_prob", config.attentionProbsDropoutProb());
    root.put("max_position_embeddings", config.maxPositionEmbeddings());
    root.put("type_vocab_size", config.typeVocabSize());
    root.put("layer_norm_eps", config.layerNormEps());
    root.put("initializer_range", 0.02);
    root.put(PAD, config.padTokenId());
    root.put("position_embedding_type", "absolute");
    root.putNull("classifier_dropout");
    root.put(POOLING, config.classifierPooling().toString());
    root.put("problem_type", "single_label_classification");
    root.put("torch_dtype", "float32");
    ObjectNode id2label = root.putObject("id2label");
    ObjectNode label2id = root.putObject("label2id");
    for (int i = 0; i < labels.size(); i++) {
      id2label.put(Integer.toString(i), labels.get(i));
      label2id.put(labels.get(i), i);
    }
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Absent means BERT's own, [CLS]: transformers writes no such field for it. */
  private static Pooling pooling(ConfigFile file) {
    JsonNode value = file.root().path(POOLING);
    if (value.isMissingNode()) {
      return Pooling.CLS;
    }
    return Arrays.stream(Pooling.values())
        .filter(pooling -> pooling.toString().equals(value.textValue()))
        .findFirst()
        .orElseThrow(
            () ->
                new BaseModelException(
                    "%s: \"%s\" is %s, only %s are supported"
                        .formatted(
                            file.file(), POOLING, value, Arrays.toString(Pooling.values()))));
  }

  /** Hidden by the mask wherever it stands, so one that cannot be is no reason to refuse a base. */
  private static int pad(JsonNode root) {
    JsonNode id = root.path(PAD);
    boolean possible =
        id.isInt() && id.intValue() >= 0 && id.intValue() < root.path("vocab_size").asInt();
    return possible ? id.intValue() : 0;
  }
}
