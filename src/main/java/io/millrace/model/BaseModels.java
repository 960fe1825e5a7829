package io.millrace.model;

import io.millrace.model.arch.BaseModelException;
import io.millrace.model.arch.BertConfig;
import io.millrace.model.arch.BertConfigJson;
import io.millrace.model.arch.BertTensors;
import io.millrace.model.arch.Pooling;
import io.millrace.torch.file.CorruptWeightsException;
import io.millrace.torch.file.HostTensor;
import io.millrace.torch.file.OnnxWeights;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Finds and checks the model that training starts from. Nothing native is involved. */
public final class BaseModels {

  static final String EMBEDDED = "embedded:";
  private static final String MINILM = "all-minilm-l6-v2";
  static final String MINILM_WEIGHTS = "/" + MINILM + ".onnx";
  static final String MINILM_TOKENIZER = "/" + MINILM + "-tokenizer.json";
  private static final BertConfig MINILM_CONFIG =
      new BertConfig(30522, 384, 6, 12, 1536, 512, 2, 1e-12, 0.1, 0.1, Pooling.CLS);

  private BaseModels() {}

  /**
   * @param base {@code embedded:all-minilm-l6-v2}, or a folder with {@code config.json}, {@code
   *     model.safetensors} and {@code tokenizer.json}
   * @throws BaseModelException in one message naming file, tensor, expected and found shape
   */
  public static PretrainedModel load(String base) {
    if (!base.startsWith(EMBEDDED)) {
      return fromFolder(base);
    }
    if (!base.equals(EMBEDDED + MINILM)) {
      throw new BaseModelException(
          "no embedded model is called " + base + ", there is " + EMBEDDED + MINILM);
    }
    try (InputStream onnx = resource(MINILM_WEIGHTS);
        InputStream tokenizer = resource(MINILM_TOKENIZER)) {
      byte[] json = tokenizer.readAllBytes();
      TokenizerJson.check(json, MINILM_TOKENIZER, MINILM_CONFIG);
      return checked(
          base,
          MINILM_WEIGHTS,
          MINILM_CONFIG,
          OnnxWeights.read(onnx, MINILM_WEIGHTS),
          json,
          Map.of());
    } catch (IOException e) {
      throw new BaseModelException(base + " cannot be read: " + e.getMessage(), e);
    } catch (CorruptWeightsException e) {
      throw new BaseModelException(e.getMessage(), e);
    }
  }

  private static PretrainedModel fromFolder(String base) {
    Path folder;
    try {
      folder = Path.of(base);
    } catch (InvalidPathException e) {
      throw new BaseModelException("millrace.model.base is no path: " + base, e);
    }
    if (!Files.isDirectory(folder)) {
      throw new BaseModelException(
          "millrace.model.base: there is no folder " + folder.toAbsolutePath());
    }
    BaseFolder files = new BaseFolder(folder);
    BertConfig config = BertConfigJson.read(files.existing("config.json"));
    Path tokenizer = files.existing("tokenizer.json");
    try {
      byte[] json = Files.readAllBytes(tokenizer);
      TokenizerJson.check(json, tokenizer.toString(), config);
      return checked(
          base,
          files.weightsFile().toString(),
          config,
          files.weights(),
          json,
          files.tokenizerFiles());
    } catch (CorruptWeightsException e) {
      throw new BaseModelException(e.getMessage(), e);
    } catch (IOException e) {
      throw new BaseModelException(folder + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static PretrainedModel checked(
      String base,
      String file,
      BertConfig config,
      Map<String, HostTensor> found,
      byte[] tokenizer,
      Map<String, byte[]> tokenizerFiles) {
    Map<String, HostTensor> named = new LinkedHashMap<>();
    found.forEach((name, tensor) -> named.put(canonical(name), tensor));
    Map<String, HostTensor> kept = new LinkedHashMap<>();
    try {
      BertTensors.check(named, BertTensors.encoder(config));
      Map<String, long[]> wanted = new LinkedHashMap<>(BertTensors.encoder(config));
      if (named.containsKey(BertTensors.POOLER + ".weight")) {
        BertTensors.check(named, BertTensors.pooler(config));
        wanted.putAll(BertTensors.pooler(config));
      }
      wanted.keySet().forEach(name -> kept.put(name, named.get(name)));
      BertTensors.checkFinite(kept);
    } catch (IllegalArgumentException e) {
      throw new BaseModelException(file + ": " + e.getMessage(), e);
    }
    return new PretrainedModel(base, config, kept, tokenizer, tokenizerFiles);
  }

  /** {@code BertModel} has no prefix, old files call LayerNorm's parameters gamma and beta. */
  private static String canonical(String name) {
    String modern =
        name.replace("LayerNorm.gamma", "LayerNorm.weight")
            .replace("LayerNorm.beta", "LayerNorm.bias");
    boolean bare =
        modern.startsWith("embeddings.")
            || modern.startsWith("encoder.")
            || modern.startsWith("pooler.");
    return bare ? "bert." + modern : modern;
  }

  static InputStream resource(String name) {
    InputStream in = BaseModels.class.getResourceAsStream(name);
    if (in == null) {
      throw new BaseModelException(name + " is not on the class path");
    }
    return in;
  }
}
