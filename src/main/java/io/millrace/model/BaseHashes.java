package io.millrace.model;

import io.millrace.model.arch.BaseModelException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * What tells one base model from another of the same shapes: the sha256 of each of its files, in
 * lower-case hex, as {@code sha256sum} prints it.
 *
 * @param weights of the weights; of several files one after the other, in the order of their names
 * @param tokenizer of {@code tokenizer.json}
 * @param config of {@code config.json}; of an embedded base, which has none, of its name
 */
public record BaseHashes(String weights, String tokenizer, String config) {

  private static final String SAFETENSORS = ".safetensors";

  /**
   * Reads the files once.
   *
   * @param base as {@link BaseModels#load} takes it
   * @throws BaseModelException where one cannot be read
   */
  public static BaseHashes of(String base) {
    try {
      if (base.startsWith(BaseModels.EMBEDDED)) {
        return new BaseHashes(
            resource(BaseModels.MINILM_WEIGHTS),
            resource(BaseModels.MINILM_TOKENIZER),
            DigestUtils.sha256Hex(base));
      }
      Path folder = Path.of(base);
      return new BaseHashes(
          files(weights(folder)),
          files(List.of(folder.resolve("tokenizer.json"))),
          files(List.of(folder.resolve("config.json"))));
    } catch (IOException e) {
      throw new BaseModelException(base + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static List<Path> weights(Path folder) throws IOException {
    Path one = folder.resolve("model" + SAFETENSORS);
    if (Files.exists(one)) {
      return List.of(one);
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(SAFETENSORS)).sorted().toList();
    }
  }

  private static String files(List<Path> files) throws IOException {
    MessageDigest digest = DigestUtils.getSha256Digest();
    for (Path file : files) {
      DigestUtils.updateDigest(digest, file);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = BaseModels.resource(name)) {
      return DigestUtils.sha256Hex(in);
    }
  }
}
