package io.millrace.training;

/** The weights themselves give no finite output: no example is to blame, and no step can help. */
public final class NonFiniteWeightsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  NonFiniteWeightsException(long step) {
    super("the weights give non-finite logits on a fixed probe text behind step " + step);
  }
}
