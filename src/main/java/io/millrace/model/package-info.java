/**
 * The model: a BERT encoder with a classification head, and the bases that training starts from.
 *
 * <p>{@link io.millrace.model.BaseModels} finds and checks a base; {@link
 * io.millrace.model.TransformerClassifier} is the live model and owns its arrays until closed;
 * whatever a forward pass makes belongs to the scope its caller gives.
 *
 * <p>May import: {@code torch}, {@code tokenize} for the padded token matrix, DJL.
 */
package io.millrace.model;
