/**
 * State that a restart continues from.
 *
 * <p>A {@link io.millrace.checkpoint.Checkpoint} is the complete state after a step: weights,
 * optimizer, positions and everything else that training needs to continue. {@link
 * io.millrace.checkpoint.CheckpointStore} keeps the newest few, each whole or not at all.
 *
 * <p>Floor 5.
 */
package io.millrace.checkpoint;
