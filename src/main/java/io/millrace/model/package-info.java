/**
 * Models: an architecture with weights on a device, and the bases that training starts from.
 *
 * <p>Start at {@link io.millrace.model.TransformerClassifier}: a forward pass runs its {@link
 * io.millrace.model.arch.Architecture} on arrays. {@link io.millrace.model.BaseModels} finds and
 * checks a base.
 *
 * <p>Every array belongs to one {@link ai.djl.ndarray.NDManager}: weights to the classifier's,
 * until it closes; what a pass makes to the scope that the caller opened for it.
 *
 * <p>Floor 2.
 */
package io.millrace.model;
