/**
 * Weights in the files that the field uses.
 *
 * <p>{@link io.millrace.torch.file.Safetensors} reads and writes, {@link
 * io.millrace.torch.file.OnnxWeights} reads. {@link io.millrace.torch.file.HostTensor} is how
 * weights travel between files, threads and devices. No native memory lives here.
 *
 * <p>Floor 1.
 */
package io.millrace.torch.file;
