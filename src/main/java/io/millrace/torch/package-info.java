/**
 * What DJL does not offer: operators, and weights in the files that the field uses.
 *
 * <p>Start at {@link io.millrace.torch.TorchOps}: attention, loss, gradients and the AdamW step, in
 * one TorchScript module whose source is the resource {@code torch_ops.py}. {@link
 * io.millrace.torch.file.Safetensors} and {@link io.millrace.torch.file.OnnxWeights} are the files;
 * {@link io.millrace.torch.file.HostTensor} is how weights travel between files, threads and
 * devices.
 *
 * <p>Floor 1.
 */
package io.millrace.torch;
