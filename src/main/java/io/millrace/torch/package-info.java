/**
 * What DJL does not offer: operators, and weights in the files that the field uses.
 *
 * <p>Start at {@link io.millrace.torch.TorchOps}: attention, loss, gradients and the AdamW step, in
 * one TorchScript module whose source is the resource {@code torch_ops.py}. {@link
 * io.millrace.torch.Safetensors} and {@link io.millrace.torch.OnnxWeights} are the files; {@link
 * io.millrace.torch.HostTensor} is how weights travel between files, threads and devices.
 *
 * <p>May import: DJL, and nothing of Millrace.
 */
package io.millrace.torch;
