package io.millrace.serving.model;

/** An input that the model's base cannot read: a pair, or a text without tokens. */
public final class UnsupportedInputException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int index;

  /**
   * @param index the input's place in its request, from 0
   * @param rule the rule that it breaks; quotes nothing of it
   */
  public UnsupportedInputException(int index, String rule) {
    super(rule, null, false, false);
    this.index = index;
  }

  /** Its place among the inputs asked for together, from 0. */
  public int index() {
    return index;
  }
}
