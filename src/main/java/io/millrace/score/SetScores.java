package io.millrace.score;

/**
 * Scores of a set that are no mean over its examples. What is undefined is NaN.
 *
 * @param macroF1 mean F1 over the classes that have examples
 * @param weightedF1 that, weighted by their number
 * @param mcc Matthews' correlation for several classes (Gorodkin 2004), -1 to 1
 * @param rocAuc area under the ROC curve: of the second label with two, else the mean of one
 *     against the rest over the classes where it is defined
 * @param prAuc average precision, likewise
 */
record SetScores(double macroF1, double weightedF1, double mcc, double rocAuc, double prAuc) {}
