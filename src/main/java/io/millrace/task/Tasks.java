package io.millrace.task;

import io.millrace.input.LabelSettings;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The tasks that there are. */
public final class Tasks {

  private Tasks() {}

  /**
   * The task of this name.
   *
   * @throws IllegalArgumentException naming those there are, or those that share the name
   */
  public static Task named(String name, LabelSettings labels) {
    // By our own loader: threads of a pool may have any other as theirs.
    List<TaskProvider> all =
        ServiceLoader.load(TaskProvider.class, TaskProvider.class.getClassLoader()).stream()
            .map(ServiceLoader.Provider::get)
            .toList();
    List<TaskProvider> found = all.stream().filter(one -> one.name().equals(name)).toList();
    if (found.size() != 1) {
      throw new IllegalArgumentException(
          "millrace.model.task = %s: %s"
              .formatted(
                  name,
                  found.isEmpty()
                      ? "there is no such task, but there are "
                          + all.stream()
                              .map(TaskProvider::name)
                              .sorted()
                              .collect(Collectors.joining(", "))
                      : "several have that name: "
                          + found.stream()
                              .map(one -> one.getClass().getName())
                              .sorted()
                              .collect(Collectors.joining(", "))));
    }
    return found.get(0).task(labels);
  }
}
