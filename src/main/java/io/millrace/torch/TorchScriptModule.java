package io.millrace.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * A TorchScript module without parameters, built from source. Any thread may call it; the module
 * itself has no state. It lives as long as the manager it was loaded into.
 */
public final class TorchScriptModule {

  private final PtNDManager owner;
  private final PtSymbolBlock block;
  private final Map<String, NDArray> methodNames = new ConcurrentHashMap<>();

  private TorchScriptModule(PtNDManager owner, PtSymbolBlock block) {
    this.owner = owner;
    this.block = block;
  }

  /**
   * Compiles a module.
   *
   * @param owner frees the module when it closes
   * @param className the class in {@code source}
   * @param source serialised TorchScript
   */
  public static TorchScriptModule load(NDManager owner, String className, String source) {
    PtNDManager manager = (PtNDManager) owner;
    byte[] archive = TorchScriptArchive.of(className, source);
    try {
      return new TorchScriptModule(
          manager, JniUtils.loadModule(manager, new ByteArrayInputStream(archive), false, false));
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory cannot fail", e);
    }
  }

  /**
   * Runs a method, recording for gradients where the calling thread's {@link GradMode} does.
   *
   * @param method the method's name
   * @param inputs its arguments in order
   * @return its result, attached to the manager of the first input
   */
  public NDList call(String method, NDArray... inputs) {
    JniUtils.setGraphExecutorOptimize(false); // per thread; else each new shape is profiled anew
    NDList arguments = new NDList(inputs);
    arguments.add(methodNames.computeIfAbsent(method, this::methodName));
    return IValueUtils.forward(block, arguments, true);
  }

  /** Like {@link #call}, with one {@code List[Tensor]} after the other arguments. */
  public NDList callWithList(String method, NDList list, NDArray... inputs) {
    NDList arguments = new NDList(inputs);
    arguments.addAll(list);
    list.forEach(array -> array.setName("list[]")); // DJL's way to say that they belong together
    try {
      return call(method, arguments.toArray(new NDArray[0]));
    } finally {
      list.forEach(array -> array.setName(null));
    }
  }

  /** Runs a method outside autograd. Closes the inputs, which does not free their tensors. */
  void run(String method, IValue... inputs) {
    run(method, result -> null, inputs);
  }

  /** Runs a method outside autograd that returns numbers. */
  double[] numbers(String method, IValue... inputs) {
    return run(method, IValue::toDoubleArray, inputs);
  }

  private <T> T run(String method, Function<IValue, T> read, IValue... inputs) {
    JniUtils.setGraphExecutorOptimize(false);
    try (GradMode off = GradMode.off();
        IValue result = IValueUtils.runMethod(block, method, inputs)) {
      return read.apply(result);
    } finally {
      Arrays.stream(inputs).forEach(IValue::close);
    }
  }

  /** DJL's way to say which method is meant: an array whose name carries it. */
  private NDArray methodName(String method) {
    NDArray marker = owner.create(0f);
    marker.setName("module_method:" + method);
    return marker;
  }
}
