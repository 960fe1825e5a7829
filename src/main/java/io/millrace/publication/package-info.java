/**
 * What leaves the service: the gate, versions, their artifacts and their announcement.
 *
 * <p>{@link io.millrace.publication.PublicationPolicy} decides; {@link
 * io.millrace.publication.ArtifactWriter} writes a Hugging Face directory; {@link
 * io.millrace.publication.VersionStore} keeps it whole or not at all; {@link
 * io.millrace.publication.VersionEvent} is its announcement. {@link
 * io.millrace.publication.DurableFolder} is how anything here reaches the disk. Where others load
 * versions from elsewhere than that folder, {@link io.millrace.publication.ArtifactStore} has a
 * copy; {@link io.millrace.publication.ArtifactSource} is the way back. {@link
 * io.millrace.publication.Retention} says what may go.
 *
 * <p>May import: {@code evaluation}, {@code model}, {@code torch}, {@code tokenize}.
 */
package io.millrace.publication;
