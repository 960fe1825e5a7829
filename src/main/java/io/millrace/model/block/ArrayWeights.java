package io.millrace.model.block;

import ai.djl.ndarray.NDArray;

/** The weights of a model for one pass. They were checked against their specs when loaded. */
record ArrayWeights(ModelParameters parameters, ArrayOps ops, ArrayInputs inputs)
    implements Weights<NDArray> {

  @Override
  public Weights<NDArray> at(int depth) {
    return this;
  }

  @Override
  public Weights<NDArray> head(int depth) {
    return this;
  }

  @Override
  public NDArray words(String name, long vocabulary, long width) {
    return ops.lookUp(inputs.ids(), inputs.wordTable().orElseGet(() -> parameters.array(name)));
  }

  @Override
  public NDArray lookUp(String name, NDArray rows, long size, long width) {
    return ops.lookUp(rows, parameters.array(name));
  }

  @Override
  public NDArray linear(String name, NDArray rows, long out) {
    return ops.linear(
        rows, parameters.array(Names.weight(name)), parameters.array(Names.bias(name)));
  }

  @Override
  public NDArray layerNorm(String name, NDArray hidden, double epsilon) {
    return ops.layerNorm(
        hidden, parameters.array(Names.weight(name)), parameters.array(Names.bias(name)), epsilon);
  }

  @Override
  public NDArray outputs(String name, NDArray rows, long outputs) {
    return linear(name, rows, outputs);
  }
}
