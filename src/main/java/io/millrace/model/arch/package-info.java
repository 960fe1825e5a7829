/**
 * Architectures: what a model computes, and how {@code config.json} describes it.
 *
 * <p>May import: {@code model.block}, {@code torch}, {@code tokenize}.
 */
package io.millrace.model.arch;
