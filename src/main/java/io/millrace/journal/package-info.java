/**
 * Which records were trained on, in which order: the write-ahead journal.
 *
 * <p>A {@link io.millrace.journal.BatchJournal} has segments for each term, files whose names say
 * where they begin; {@link io.millrace.journal.Entries} reads them as a stream. An entry is on the
 * disk before its first step, so that the next owner trains what its predecessor trained after the
 * last checkpoint, in the same chunks. A version's lineage can therefore be replayed from the base,
 * or from the oldest checkpoint kept. {@link io.millrace.journal.JournalEntry} says what is in it.
 *
 * <p>Floor 5.
 */
package io.millrace.journal;
