package org.example.regression;

import io.millrace.input.LabelSettings;
import io.millrace.task.Task;
import io.millrace.task.TaskProvider;

/** Offers {@link RegressionTask}, as a stranger's jar does. */
public final class RegressionProvider implements TaskProvider {

  @Override
  public String name() {
    return "regression";
  }

  @Override
  public Task task(LabelSettings labels) {
    return new RegressionTask();
  }
}
