/**
 * Texts to tokens, tokens to batches.
 *
 * <p>{@link io.millrace.tokenize.TextTokenizer} makes a {@link io.millrace.tokenize.TokenizedText},
 * or says why the base cannot read a text; {@link io.millrace.tokenize.BatchAssembler} forms the
 * {@link io.millrace.tokenize.TokenBatch}es of a chunk. {@link io.millrace.tokenize.TokenMatrix} is
 * the padded form that the encoder takes, of training, held-out and prediction texts alike.
 *
 * <p>Floor 1.
 */
package io.millrace.tokenize;
