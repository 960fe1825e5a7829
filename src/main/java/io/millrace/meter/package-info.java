/**
 * Meters that tell operators whether the service gets on: what stands in its way, who owns the
 * model, and how long it takes until what was trained is safe.
 *
 * <p>May import: {@code pipeline}, {@code durability}, {@code problem}.
 */
package io.millrace.meter;
