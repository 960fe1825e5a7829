/**
 * What a model's training belongs to: cluster, topics, base model, seed and settings.
 *
 * <p>Each checkpoint holds a {@link io.millrace.identity.RunIdentity}. A service that continues
 * from it compares that identity with what it finds ({@link io.millrace.identity.IdentityCheck}).
 * It refuses to start where the two differ, unless an operator accepts the difference by name
 * ({@link io.millrace.identity.AcceptSettings}). {@link io.millrace.identity.StoreIdentity} is the
 * store's own copy, which keeps a second cluster out.
 *
 * <p>Floor 5.
 */
package io.millrace.identity;
