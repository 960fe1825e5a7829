/**
 * Taking over: what an owner finds, compares and repairs before its term begins.
 *
 * <p>Start at {@link io.millrace.owner.Recovery}.
 *
 * <p>Floor 9.
 */
package io.millrace.owner;
