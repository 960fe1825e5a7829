package io.millrace.score;

import io.millrace.example.Target;

/**
 * One answer beside the truth, as a checkpoint can keep it.
 *
 * @param truth the target
 * @param predicted the index of the output that was answered; 0 where the task has no classes
 * @param loss of the answer, in the task's unit
 * @param output {@code [outputs]}: the answer itself, in the task's form: probabilities of labels
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares or writes it
public record ScoredExample(Target truth, int predicted, double loss, float[] output) {}
