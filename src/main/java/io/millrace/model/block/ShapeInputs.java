package io.millrace.model.block;

import ai.djl.ndarray.types.Shape;
import java.util.Optional;

/** A batch of which only the shape is known: a few padded texts. */
record ShapeInputs() implements Inputs<Shape> {

  @Override
  public int rows() {
    return 2;
  }

  @Override
  public int length() {
    return 3;
  }

  @Override
  public Shape segments() {
    return new Shape(rows(), length());
  }

  @Override
  public Shape positions() {
    return new Shape(length());
  }

  @Override
  public Optional<Shape> mask() {
    return Optional.of(new Shape(rows(), 1, 1, length()));
  }

  @Override
  public Shape shares() {
    return new Shape(rows(), 1, length());
  }
}
