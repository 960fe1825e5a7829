package io.millrace.serving;

import java.util.List;

/** A loaded version. Owns native memory until closed; closing during a call is not allowed. */
public interface ServingModel extends AutoCloseable {

  /**
   * Scores texts. Any thread, several at once; blocks for the time of a forward pass.
   *
   * @param inputs {@code [B]} texts, at least one
   * @return {@code [B, L]} logits
   */
  float[][] logits(List<TextInput> inputs);

  @Override
  void close();
}
