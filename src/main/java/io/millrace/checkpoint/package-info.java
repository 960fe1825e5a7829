/**
 * What a restart goes on from.
 *
 * <p>A {@link io.millrace.checkpoint.Checkpoint} is one unit: weights, optimizer, positions and
 * whatever else a step left behind. {@link io.millrace.checkpoint.CheckpointStore} keeps the newest
 * few, each whole or not at all.
 *
 * <p>Floor 5.
 */
package io.millrace.checkpoint;
