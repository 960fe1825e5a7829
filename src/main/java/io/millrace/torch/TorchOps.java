package io.millrace.torch;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * Operators of libtorch that DJL does not bind, through one TorchScript module ({@code
 * torch/ops.py}). Any thread; results belong to the manager of their first argument unless said
 * otherwise. Owns the module until closed.
 */
public final class TorchOps implements AutoCloseable {

  private static final ThreadLocal<Boolean> PROFILING_OFF = new ThreadLocal<>();

  private final NDManager manager;
  private final PtSymbolBlock module;
  private final NDArray noDropout;

  public TorchOps(Device device) {
    manager = NDManager.newBaseManager(device, "PyTorch");
    module = load((PtNDManager) manager);
    noDropout = scalar(manager, 0);
  }

  /**
   * Runs code with or without the recording of gradients; libtorch keeps that choice by thread.
   *
   * @return what the code returns
   */
  public static <T> T withGradients(boolean record, Supplier<T> code) {
    if (PROFILING_OFF.get() == null) {
      // Otherwise each new shape is profiled and compiled again. Known to each thread by itself.
      JniUtils.setGraphExecutorOptimize(false);
      PROFILING_OFF.set(true);
    }
    boolean before = JniUtils.isGradMode();
    JniUtils.setGradMode(record);
    try {
      return code.get();
    } finally {
      JniUtils.setGradMode(before);
    }
  }

  /** A dropout probability as {@link #attend} takes it: on the CPU, so that reading it is free. */
  public static NDArray scalar(NDManager manager, double value) {
    return onCpu(manager, new double[] {value}, new Shape());
  }

  /** Float64 values on the CPU, in {@code manager}. */
  public static NDArray cpu(NDManager manager, double... values) {
    return onCpu(manager, values, new Shape(values.length));
  }

  private static NDArray onCpu(NDManager manager, double[] values, Shape shape) {
    try (NDManager onCpu = manager.newSubManager(Device.cpu())) {
      NDArray array = onCpu.create(values, shape);
      array.attach(manager);
      return array;
    }
  }

  /**
   * Scaled dot-product attention (Vaswani et al. 2017) in one kernel where there is one.
   *
   * @param q {@code [B, heads, T, d]}; k and v likewise
   * @param mask {@code [B, 1, 1, T]} boolean, true where attended; null for all
   * @param dropout {@link #scalar}, or null for none
   * @return {@code [B, heads, T, d]}
   */
  public NDArray attend(NDArray q, NDArray k, NDArray v, NDArray mask, NDArray dropout) {
    NDArray p = dropout == null ? noDropout : dropout;
    return mask == null
        ? run("attend", new NDList(q, k, v, p))
        : run("attend_masked", new NDList(q, k, v, mask, p));
  }

  /**
   * Weighted mean cross-entropy.
   *
   * @param logits {@code [B, L]}
   * @param labels {@code [B]} int64
   * @param weights {@code [B]} float32
   * @return scalar
   */
  public NDArray loss(NDArray logits, NDArray labels, NDArray weights) {
    return run("loss", new NDList(logits, labels, weights));
  }

  /**
   * Gradients of the loss, their global norm, clipping to it and one AdamW step (Loshchilov and
   * Hutter 2019), in place and in one call. Where loss or norm is not finite, nothing is changed.
   * Gradients live only within the call: there is nothing to clear before the next.
   *
   * @param loss scalar with its graph, which is consumed
   * @param decayed parameters with weight decay
   * @param plain parameters without
   * @param hyper {@code [7]} float64 on the CPU: rate, beta1, beta2, epsilon, weight decay, largest
   *     norm, number of this step from 1
   * @return {@code [2]} loss and gradient norm before clipping
   */
  public NDArray update(NDArray loss, Moments decayed, Moments plain, NDArray hyper) {
    NDList inputs = new NDList(loss);
    inputs.addAll(named("decayed[]", decayed.parameters()));
    inputs.addAll(named("decayedM[]", decayed.first()));
    inputs.addAll(named("decayedV[]", decayed.second()));
    inputs.addAll(named("plain[]", plain.parameters()));
    inputs.addAll(named("plainM[]", plain.first()));
    inputs.addAll(named("plainV[]", plain.second()));
    inputs.add(hyper);
    return run("update", inputs);
  }

  /**
   * Gradients of the loss, taken only to see whether they are finite.
   *
   * @param loss scalar with its graph, which is consumed
   * @return {@code [2]} loss and gradient norm
   */
  public NDArray measure(NDArray loss, Moments decayed, Moments plain) {
    NDList inputs = new NDList(loss);
    inputs.addAll(named("decayed[]", decayed.parameters()));
    inputs.addAll(named("plain[]", plain.parameters()));
    return run("measure", inputs);
  }

  private NDArray run(String method, NDList inputs) {
    try (NDManager scope = manager.newSubManager()) {
      NDArray selector = scope.create(0f);
      selector.setName("module_method:" + method);
      inputs.add(selector);
      return IValueUtils.forward(module, inputs, true).singletonOrThrow();
    }
  }

  private static List<NDArray> named(String name, List<NDArray> arrays) {
    arrays.forEach(array -> array.setName(name));
    return arrays;
  }

  private static PtSymbolBlock load(PtNDManager manager) {
    try (InputStream source = TorchOps.class.getResourceAsStream("/torch/ops.py")) {
      Path archive = Files.createTempFile("millrace-ops", ".pt");
      try {
        TorchScriptArchive.write(
            archive, new String(source.readAllBytes(), StandardCharsets.UTF_8), "Ops");
        return JniUtils.loadModule(manager, archive, false, new String[0], new String[0], true);
      } finally {
        Files.delete(archive);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the operator module cannot be written", e);
    }
  }

  @Override
  public void close() {
    module.close();
    manager.close();
  }

  /**
   * A group of parameters with AdamW's state, in one order.
   *
   * @param parameters the weights
   * @param first their first moments
   * @param second their second moments
   */
  public record Moments(List<NDArray> parameters, List<NDArray> first, List<NDArray> second) {}
}
