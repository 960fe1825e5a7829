package io.millrace.checkpoint;

import io.millrace.torch.HostTensor;
import java.util.Map;

/**
 * Everything that step N left behind, as one unit. What the parts mean is the caller's: a further
 * component adds a part without touching the store.
 *
 * @param step steps done, N
 * @param tensors groups of tensors, a safetensors file each ({@code weights}, {@code
 *     first-moments}, …)
 * @param documents JSON documents by name ({@code progress}, {@code held-out}, …)
 */
public record Checkpoint(
    long step, Map<String, Map<String, HostTensor>> tensors, Map<String, byte[]> documents) {

  public Checkpoint {
    tensors = Map.copyOf(tensors);
    documents = Map.copyOf(documents);
  }
}
