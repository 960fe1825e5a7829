package io.millrace.optim;

/**
 * Which rows of the word-embedding table are behind the others: with it, a restart goes on bit for
 * bit like the run it was taken from.
 *
 * @param base step at which all rows were current
 * @param rates the learning rates of the steps since
 * @param current by row, how many of those steps it has seen
 */
@SuppressWarnings("ArrayRecordComponent") // tens of thousands of numbers, never compared
public record LazyRowsState(long base, double[] rates, int[] current) {}
