package io.millrace.checkpoint;

import io.millrace.torch.file.HostTensor;
import java.util.Map;

/**
 * Complete state of training after step N. What the parts mean is the caller's: a further component
 * adds a part without touching the store.
 *
 * @param step steps done, N
 * @param tensors groups of tensors, a safetensors file each ({@code weights}, {@code
 *     first-moments}, …)
 * @param documents JSON documents by name ({@code progress}, {@code held-out}, …)
 */
public record Checkpoint(
    long step, Map<String, Map<String, HostTensor>> tensors, Map<String, byte[]> documents) {

  /** Part names become file names; a name is short enough for every file system. */
  static final String PART_NAME = "[a-z][a-z0-9-]{0,99}";

  public Checkpoint {
    if (step < 0) {
      throw new IllegalArgumentException("steps count from 0, not " + step);
    }
    tensors.keySet().forEach(Checkpoint::requireName);
    documents.keySet().forEach(Checkpoint::requireName);
    if (documents.containsKey("manifest")) {
      throw new IllegalArgumentException("a part cannot be named \"manifest\": the store's own is");
    }
    tensors = Map.copyOf(tensors);
    documents = Map.copyOf(documents);
  }

  private static void requireName(String name) {
    if (!name.matches(PART_NAME)) {
      throw new IllegalArgumentException(
          "part \"%s\": a name is lower-case letters, digits and '-'".formatted(name));
    }
  }
}
