/**
 * Records that are sent back after they were refused: on a topic of the model's own, with where
 * they came from in headers, so that they count as if they stood there.
 *
 * <p>May import: example.
 */
package io.millrace.retry;
