/**
 * What a model's training belongs to: cluster, topics, base model, seed and settings.
 *
 * <p>Each checkpoint holds a {@link io.millrace.identity.RunIdentity}. Whoever goes on from it
 * compares that with what it finds ({@link io.millrace.identity.IdentityCheck}), and is refused
 * where the two differ, unless an operator accepts the difference by name ({@link
 * io.millrace.identity.AcceptSettings}). {@link io.millrace.identity.StoreIdentity} is the store's
 * own copy, which keeps a second cluster out.
 *
 * <p>Floor 5.
 */
package io.millrace.identity;
