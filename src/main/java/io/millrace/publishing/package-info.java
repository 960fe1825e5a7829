/**
 * How a candidate becomes a version: written, loaded back, compared, sent.
 *
 * <p>Start at {@link io.millrace.publishing.Publisher}. Writing and sending happen off the training
 * thread.
 *
 * <p>Floor 9.
 */
package io.millrace.publishing;
