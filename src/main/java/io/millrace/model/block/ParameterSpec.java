package io.millrace.model.block;

import java.util.List;

/**
 * One parameter of an architecture.
 *
 * @param name in files of versions and checkpoints
 * @param shape row-major
 * @param depth 0 for the embeddings, then layer by layer; the head's is the highest
 * @param role what may happen to it besides training
 * @param decays whether weight decay pulls it towards 0
 * @param start its values where no file has them
 * @param aliases other names that a base's file may have it under, most likely first
 */
@SuppressWarnings("ArrayRecordComponent") // two numbers, compared by content where that matters
public record ParameterSpec(
    String name,
    long[] shape,
    int depth,
    Role role,
    boolean decays,
    Start start,
    List<String> aliases) {

  public ParameterSpec {
    aliases = List.copyOf(aliases);
  }

  /** What a parameter is for. */
  public enum Role {
    /** The table that tokens are looked up in; a step may update its rows alone. */
    WORDS,
    /** Any other part of the body. */
    BODY,
    /** Between body and outputs: fresh where the base has none. */
    HEAD,
    /** A row for each output: fresh always, and more rows for more outputs. */
    OUTPUT;

    /** Whether it belongs to the head, which has a learning rate of its own. */
    public boolean isHead() {
      return this == HEAD || this == OUTPUT;
    }
  }

  /** Values of a fresh parameter. */
  public enum Start {
    /** From N(0, 0.02), as BERT initialises weights. */
    NORMAL,
    ZEROS,
    ONES
  }

  ParameterSpec named(List<String> others) {
    return new ParameterSpec(name, shape, depth, role, decays, start, others);
  }
}
