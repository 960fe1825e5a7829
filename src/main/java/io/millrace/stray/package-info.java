/**
 * Corrections and retractions that cannot find their example, because it is in another partition.
 *
 * <p>A later record of an id corrects the earlier ones of its partition only. Producers that do not
 * key by the id, and partitions that are added, break that unnoticed: both records are then trained
 * on. This package notices, counts and says it; it changes nothing of what is trained on.
 *
 * <p>Floor 4.
 */
package io.millrace.stray;
