/**
 * Architectures: what a model computes, the names of its parameters, and how {@code config.json}
 * describes it.
 *
 * <p>Start at {@link io.millrace.model.arch.Architecture}, then read {@link
 * io.millrace.model.arch.Bert}, the first one. {@link io.millrace.model.arch.Architectures} finds
 * them by {@code model_type}; another jar adds one by an {@link
 * io.millrace.model.arch.ArchitectureProvider}. Shapes: {@code B} rows of a batch, {@code T}
 * tokens, {@code H} hidden width, {@code F} feed-forward width, {@code L} outputs, {@code V}
 * vocabulary.
 *
 * <p>Names of tensors occur here and nowhere else, but where a file's format asks for them.
 *
 * <p>Floor 2.
 */
package io.millrace.model.arch;
