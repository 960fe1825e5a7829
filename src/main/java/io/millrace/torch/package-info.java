/**
 * What DJL lacks: operators of libtorch through one TorchScript module ({@link
 * io.millrace.torch.TorchOps}), weights from and to safetensors, weights out of ONNX.
 *
 * <p>{@link io.millrace.torch.HostTensor} is how weights travel between files, threads and devices.
 *
 * <p>May import: DJL, and nothing of Millrace.
 */
package io.millrace.torch;
