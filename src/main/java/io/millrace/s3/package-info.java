/**
 * Versions in a bucket of S3, or of what speaks its protocol.
 *
 * <p>{@link io.millrace.s3.S3ArtifactStore} sends a version's files, the list of them last, and
 * removes what the store of versions has pruned; {@link io.millrace.s3.FileInParts} is one large
 * file's way there. {@link io.millrace.s3.S3Artifacts} makes both and the way back of the settings.
 * No client is made unless a bucket is set, or an announcement names one.
 *
 * <p>Implements ports of {@code publication}, and may import nothing else. The only package that
 * imports the SDK.
 *
 * <p>Floor 12.
 */
package io.millrace.s3;
