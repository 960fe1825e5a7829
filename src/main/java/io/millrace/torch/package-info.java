/**
 * What DJL does not offer: operators, and weights in the files that the field uses.
 *
 * <p>Start at {@link io.millrace.torch.TorchOps}: attention, loss, gradients and the AdamW step, in
 * one TorchScript module whose source is the resource {@code torch_ops.py}. {@link
 * io.millrace.torch.HostTensor} is a tensor in Java memory, the form in which weights travel.
 *
 * <p>May import: DJL.
 */
package io.millrace.torch;
