/**
 * What others have seen of a model: the facts by which an owner knows what was sent already.
 *
 * <p>A {@link io.millrace.ledger.CommitRecord} is part of each commit's transaction, so that a
 * consumer that reads only committed records knows the last checkpoint for as long as the topic is
 * kept, whatever becomes of the group's offsets. {@link io.millrace.ledger.SentLetters} says of
 * single records whether they were dead-lettered.
 *
 * <p>Floor 5.
 */
package io.millrace.ledger;
