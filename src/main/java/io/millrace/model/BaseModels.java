package io.millrace.model;

import io.millrace.model.arch.Architecture;
import io.millrace.model.arch.Architectures;
import io.millrace.model.arch.BaseModelException;
import io.millrace.model.arch.Bert;
import io.millrace.model.arch.BertConfig;
import io.millrace.model.arch.Pooling;
import io.millrace.model.block.ParameterSpec;
import io.millrace.model.block.ParameterSpec.Role;
import io.millrace.model.block.ParameterSpecs;
import io.millrace.torch.file.CorruptWeightsException;
import io.millrace.torch.file.HostTensor;
import io.millrace.torch.file.OnnxWeights;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** Finds and checks the model that training starts from. Nothing native is involved. */
public final class BaseModels {

  static final String EMBEDDED = "embedded:";
  private static final String MINILM = "all-minilm-l6-v2";
  static final String MINILM_WEIGHTS = "/" + MINILM + ".onnx";
  static final String MINILM_TOKENIZER = "/" + MINILM + "-tokenizer.json";
  private static final Architecture MINILM_ARCHITECTURE =
      new Bert(new BertConfig(30522, 384, 6, 12, 1536, 512, 2, 1e-12, 0.1, 0.1, Pooling.CLS));

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
      TokenizerJson.check(json, MINILM_TOKENIZER, MINILM_ARCHITECTURE.limits());
      return checked(
          base,
          MINILM_WEIGHTS,
          MINILM_ARCHITECTURE,
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
    Architecture architecture = Architectures.read(files.existing("config.json"));
    Path tokenizer = files.existing("tokenizer.json");
    try {
      byte[] json = Files.readAllBytes(tokenizer);
      TokenizerJson.check(json, tokenizer.toString(), architecture.limits());
      return checked(
          base,
          files.weightsFile().toString(),
          architecture,
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
      Architecture architecture,
      Map<String, HostTensor> found,
      byte[] tokenizer,
      Map<String, byte[]> tokenizerFiles) {
    try {
      Map<String, HostTensor> kept = kept(architecture.parametersOfAnyHead(1), found);
      ParameterSpecs.checkFinite(kept);
      return new PretrainedModel(base, architecture, kept, tokenizer, tokenizerFiles);
    } catch (IllegalArgumentException e) {
      throw new BaseModelException(file + ": " + e.getMessage(), e);
    }
  }

  /** The body, and the head where the file begins one. */
  private static Map<String, HostTensor> kept(ParameterSpecs specs, Map<String, HostTensor> found) {
    List<ParameterSpec> wanted = new ArrayList<>();
    wanted.addAll(specs.all().stream().filter(spec -> !spec.role().isHead()).toList());
    List<ParameterSpec> head = specs.with(Role.HEAD);
    if (!head.isEmpty() && tensor(head.get(0), found) != null) {
      wanted.addAll(head);
    }
    Map<String, HostTensor> kept = new LinkedHashMap<>();
    for (ParameterSpec spec : wanted) {
      HostTensor tensor = tensor(spec, found);
      ParameterSpecs.check(spec, tensor);
      kept.put(spec.name(), tensor);
    }
    return kept;
  }

  /** By its own name or an alias; null where the file has neither. */
  private static HostTensor tensor(ParameterSpec spec, Map<String, HostTensor> found) {
    return Stream.concat(Stream.of(spec.name()), spec.aliases().stream())
        .map(found::get)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  static InputStream resource(String name) {
    InputStream in = BaseModels.class.getResourceAsStream(name);
    if (in == null) {
      throw new BaseModelException(name + " is not on the class path");
    }
    return in;
  }
}
