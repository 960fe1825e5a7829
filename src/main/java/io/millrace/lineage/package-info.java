/**
 * Which records a version saw, and what became of each.
 *
 * <p>Start at {@link io.millrace.lineage.ExampleSearch}.
 *
 * <p>Floor 9.
 */
package io.millrace.lineage;
