/**
 * A replica's copy of the versions that a trainer elsewhere announces.
 *
 * <p>{@link io.millrace.serving.replica.VersionMirror} fetches into the local store what the
 * versions topic announces, from the artifact store or from the trainer's REST interface.
 *
 * <p>Floor 8.
 */
package io.millrace.serving.replica;
