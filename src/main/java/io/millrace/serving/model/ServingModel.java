package io.millrace.serving.model;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A loaded version. Owns native memory until closed; closing during a call is not allowed. */
public interface ServingModel extends AutoCloseable {

  /**
   * Scores texts. Any thread, several at once; never blocks. What depends on the answer runs on the
   * thread that scored: nothing that blocks.
   *
   * @param inputs {@code [B]} texts, at least one
   * @return {@code [B, L]} logits; {@link OverloadedException} where too many wait for theirs,
   *     {@link UnsupportedInputException} where the base cannot read one of the texts
   */
  CompletableFuture<float[][]> logits(List<TextInput> inputs);

  @Override
  void close();
}
