/**
 * A version's artifact: the Hugging Face directory that others load.
 *
 * <p>Start at {@link io.millrace.export.ArtifactWriter}. The model card is generated.
 *
 * <p>Floor 6.
 */
package io.millrace.export;
