package io.millrace.model.block;

import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Operators on shapes: what an architecture computes, without computing it. */
final class ShapeOps implements Ops<Shape> {

  @Override
  public Shape reshape(Shape array, long... sizes) {
    long known = Arrays.stream(sizes).filter(size -> size >= 0).reduce(1, (a, b) -> a * b);
    long[] all = Arrays.stream(sizes).map(size -> size < 0 ? array.size() / known : size).toArray();
    Shape shape = new Shape(all);
    if (shape.size() != array.size()) {
      throw new IllegalArgumentException("%s cannot be %s".formatted(array, shape));
    }
    return shape;
  }

  @Override
  public Shape transpose(Shape array, int... axes) {
    return new Shape(Arrays.stream(axes).mapToLong(array::get).toArray());
  }

  @Override
  public Shape add(Shape one, Shape other) {
    int dimensions = Math.max(one.dimension(), other.dimension());
    return new Shape(
        IntStream.range(0, dimensions)
            .mapToLong(axis -> broadcast(one, other, axis - dimensions))
            .toArray());
  }

  private static long broadcast(Shape one, Shape other, int fromEnd) {
    long first = size(one, fromEnd);
    long second = size(other, fromEnd);
    if (first != second && first != 1 && second != 1) {
      throw new IllegalArgumentException("%s cannot be added to %s".formatted(other, one));
    }
    return Math.max(first, second);
  }

  private static long size(Shape shape, int fromEnd) {
    int axis = shape.dimension() + fromEnd;
    return axis < 0 ? 1 : shape.get(axis);
  }

  @Override
  public Shape matMul(Shape one, Shape other) {
    int last = one.dimension() - 1;
    if (other.dimension() != last + 1 || one.get(last) != other.get(last - 1)) {
      throw new IllegalArgumentException("%s cannot be multiplied by %s".formatted(one, other));
    }
    long[] sizes = one.getShape().clone();
    sizes[last] = other.get(last);
    return new Shape(sizes);
  }

  @Override
  public Shape first(Shape hidden) {
    return new Shape(hidden.get(0), hidden.get(2));
  }

  @Override
  public Shape lookUp(Shape rows, Shape table) {
    return rows.add(table.get(1));
  }

  @Override
  public Shape linear(Shape rows, Shape weight, Shape bias) {
    if (rows.dimension() != 2) {
      throw new IllegalArgumentException("an affine map takes [N, in], got " + rows);
    }
    return new Shape(rows.get(0), weight.get(0));
  }

  @Override
  public Shape layerNorm(Shape hidden, Shape weight, Shape bias, double epsilon) {
    return hidden;
  }

  @Override
  public Shape gelu(Shape array) {
    return array;
  }

  @Override
  public Shape tanh(Shape array) {
    return array;
  }

  @Override
  public Shape dropout(Shape array, double probability) {
    return array;
  }

  @Override
  public Shape attention(
      Shape query, Shape key, Shape value, Optional<Shape> mask, double dropout) {
    return query;
  }

  @Override
  public Shape layer(Shape hidden, UnaryOperator<Shape> body) {
    return body.apply(hidden);
  }

  @Override
  public Shape shape(Shape array) {
    return array;
  }
}
