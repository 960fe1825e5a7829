package io.millrace.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

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
            HexFormat.of().formatHex(sha256().digest(base.getBytes(UTF_8))));
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
    MessageDigest digest = sha256();
    for (Path file : files) {
      try (InputStream in = Files.newInputStream(file)) {
        update(digest, in);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String resource(String name) throws IOException {
    MessageDigest digest = sha256();
    try (InputStream in = BaseModels.resource(name)) {
      update(digest, in);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void update(MessageDigest digest, InputStream in) throws IOException {
    byte[] buffer = new byte[1 << 17];
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      digest.update(buffer, 0, read);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
