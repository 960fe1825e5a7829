/**
 * Versions, their announcement and the places that keep them.
 *
 * <p>{@link io.millrace.version.VersionStore} keeps a version whole or not at all; {@link
 * io.millrace.version.VersionEvent} is its announcement. Where others load versions from elsewhere
 * than the store's folder, {@link io.millrace.version.ArtifactStore} has a copy and {@link
 * io.millrace.version.ArtifactSource} is the way back. {@link io.millrace.version.Retention} says
 * what may go.
 *
 * <p>Floor 5.
 */
package io.millrace.version;
