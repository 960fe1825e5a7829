package io.millrace.step;

/**
 * The model's own weights are broken, so no example can be blamed. Training must stop and go on
 * from an older state.
 */
public final class NonFiniteWeightsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  NonFiniteWeightsException(String message) {
    super(message);
  }
}
