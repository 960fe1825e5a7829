package io.millrace.task;

/**
 * What a model answers to one input; its properties are an element of the REST body. Each task has
 * its own.
 */
public interface Answer {

  /** With the most probable outputs only, where it has many. */
  default Answer top(int outputs) {
    return this;
  }
}
