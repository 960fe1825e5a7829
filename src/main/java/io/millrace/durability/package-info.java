/**
 * How long it takes until what was trained is safe: in the journal, in the store, on the broker.
 *
 * <p>May import: nothing of ours.
 */
package io.millrace.durability;
