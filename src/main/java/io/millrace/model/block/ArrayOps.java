package io.millrace.model.block;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Embedding;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.norm.LayerNorm;
import io.millrace.torch.TorchOps;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Operators that compute, on the device of their arrays: DJL's, and fused ones of libtorch.
 *
 * @param operators the fused ones
 * @param scope of the pass: owns what a layer leaves
 * @param training whether dropout is on
 */
record ArrayOps(TorchOps operators, NDManager scope, boolean training) implements Ops<NDArray> {

  @Override
  public NDArray reshape(NDArray array, long... sizes) {
    return array.reshape(sizes);
  }

  @Override
  public NDArray transpose(NDArray array, int... axes) {
    return array.transpose(axes);
  }

  @Override
  public NDArray add(NDArray one, NDArray other) {
    return one.add(other);
  }

  @Override
  public NDArray matMul(NDArray one, NDArray other) {
    return one.matMul(other);
  }

  @Override
  public NDArray first(NDArray hidden) {
    return hidden.get(new NDIndex(":, 0"));
  }

  @Override
  public NDArray lookUp(NDArray rows, NDArray table) {
    return Embedding.embedding(rows, table, SparseFormat.DENSE).head();
  }

  @Override
  public NDArray linear(NDArray rows, NDArray weight, NDArray bias) {
    return Linear.linear(rows, weight, bias).head();
  }

  @Override
  public NDArray layerNorm(NDArray hidden, NDArray weight, NDArray bias, double epsilon) {
    return LayerNorm.layerNorm(hidden, weight.getShape(), weight, bias, (float) epsilon).head();
  }

  @Override
  public NDArray gelu(NDArray array) {
    return Activation.gelu(array);
  }

  @Override
  public NDArray tanh(NDArray array) {
    return array.tanh();
  }

  @Override
  public NDArray dropout(NDArray array, double probability) {
    return training && probability > 0
        ? Dropout.dropout(array, (float) probability, true).head()
        : array;
  }

  @Override
  public NDArray attention(
      NDArray query, NDArray key, NDArray value, Optional<NDArray> mask, double dropout) {
    return operators.attention(training ? dropout : 0).apply(query, key, value, mask.orElse(null));
  }

  @Override
  public NDArray layer(NDArray hidden, UnaryOperator<NDArray> body) {
    try (NDManager layerScope = scope.newSubManager()) {
      hidden.attach(layerScope);
      NDArray result = body.apply(hidden);
      result.attach(scope);
      return result;
    }
  }

  @Override
  public Shape shape(NDArray array) {
    return array.getShape();
  }
}
