package org.example.regression;

import io.millrace.task.Answer;

/** The number that is answered. */
public record ValueAnswer(float value) implements Answer {}
