package io.millrace.task.label;

import io.millrace.input.LabelSettings;
import io.millrace.task.Task;
import io.millrace.task.TaskProvider;

/** Offers {@link LabelTask} as {@value #NAME}. */
public final class LabelProvider implements TaskProvider {

  static final String NAME = "label";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Task task(LabelSettings labels) {
    return new LabelTask(labels);
  }
}
