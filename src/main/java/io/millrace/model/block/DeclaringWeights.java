package io.millrace.model.block;

import ai.djl.ndarray.types.Shape;
import io.millrace.model.block.ParameterSpec.Role;
import io.millrace.model.block.ParameterSpec.Start;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Weights that take down what is asked of them; an array is its shape. */
public final class DeclaringWeights implements Weights<Shape> {

  private final ShapeOps ops = new ShapeOps();
  private final ShapeInputs inputs = new ShapeInputs();
  private final Map<String, ParameterSpec> specs;
  private final int depth;
  private final Role role;

  DeclaringWeights() {
    this(new LinkedHashMap<>(), 0, Role.BODY);
  }

  private DeclaringWeights(Map<String, ParameterSpec> specs, int depth, Role role) {
    this.specs = specs;
    this.depth = depth;
    this.role = role;
  }

  Map<String, ParameterSpec> declared() {
    return Collections.unmodifiableMap(specs);
  }

  public Ops<Shape> ops() {
    return ops;
  }

  public Inputs<Shape> inputs() {
    return inputs;
  }

  @Override
  public Weights<Shape> at(int place) {
    return new DeclaringWeights(specs, place, Role.BODY);
  }

  @Override
  public Weights<Shape> head(int place) {
    return new DeclaringWeights(specs, place, Role.HEAD);
  }

  @Override
  public Shape words(String name, long vocabulary, long width) {
    Shape table = declare(name, Role.WORDS, true, Start.NORMAL, vocabulary, width);
    return ops.lookUp(new Shape(inputs.rows(), inputs.length()), table);
  }

  @Override
  public Shape lookUp(String name, Shape rows, long size, long width) {
    return ops.lookUp(rows, declare(name, role, true, Start.NORMAL, size, width));
  }

  @Override
  public Shape linear(String name, Shape rows, long out) {
    return affine(name, rows, out, role);
  }

  @Override
  public Shape outputs(String name, Shape rows, long outputs) {
    return affine(name, rows, outputs, Role.OUTPUT);
  }

  private Shape affine(String name, Shape rows, long out, Role as) {
    long in = rows.get(rows.dimension() - 1);
    Shape weight = declare(Names.weight(name), as, true, Start.NORMAL, out, in);
    return ops.linear(rows, weight, declare(Names.bias(name), as, false, Start.ZEROS, out));
  }

  @Override
  public Shape layerNorm(String name, Shape hidden, double epsilon) {
    long width = hidden.get(hidden.dimension() - 1);
    Shape weight = declare(Names.weight(name), role, false, Start.ONES, width);
    Shape bias = declare(Names.bias(name), role, false, Start.ZEROS, width);
    return ops.layerNorm(hidden, weight, bias, epsilon);
  }

  private Shape declare(String name, Role as, boolean decays, Start start, long... shape) {
    ParameterSpec before =
        specs.putIfAbsent(
            name, new ParameterSpec(name, shape, depth, as, decays, start, List.of()));
    if (before != null && !Arrays.equals(before.shape(), shape)) {
      throw new IllegalArgumentException(
          "parameter %s is asked for with shape %s and with shape %s"
              .formatted(name, Arrays.toString(before.shape()), Arrays.toString(shape)));
    }
    return new Shape(shape);
  }
}
