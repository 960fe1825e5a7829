package io.millrace.task;

import io.millrace.input.LabelSettings;

/**
 * Makes a task. Found by {@link java.util.ServiceLoader}: a jar on the class path adds a task by
 * naming its provider in {@code META-INF/services/io.millrace.task.TaskProvider}. Has a public
 * constructor without parameters.
 */
public interface TaskProvider {

  /** What {@code millrace.model.task} calls it. */
  String name();

  /**
   * The task under these settings.
   *
   * @param labels what the settings say of labels; a task without labels has no use for them
   */
  Task task(LabelSettings labels);
}
