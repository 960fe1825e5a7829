/**
 * What architectures are written in: operators, weights, inputs.
 *
 * <p>May import: {@code torch}, {@code tokenize}, DJL.
 */
package io.millrace.model.block;
