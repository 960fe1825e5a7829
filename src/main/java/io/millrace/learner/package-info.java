/**
 * Everything that training changes, and how a chunk becomes steps.
 *
 * <p>Start at {@link io.millrace.learner.Learner}. {@link io.millrace.learner.ChunkPass} takes one
 * step at a time; {@link io.millrace.learner.Snapshot} is what a checkpoint keeps. Training thread
 * only.
 *
 * <p>Floor 7.
 */
package io.millrace.learner;
