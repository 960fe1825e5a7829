/**
 * The commit protocol: checkpoint first, then one transaction, with one owner.
 *
 * <p>Start at {@link io.millrace.commit.Checkpointer}. {@link io.millrace.commit.Ownership} is the
 * port to the broker. {@link io.millrace.commit.CommitRecord} is part of each transaction, so that
 * readers of committed records know the last checkpoint for as long as the topic is kept.
 *
 * <p>Floor 8.
 */
package io.millrace.commit;
