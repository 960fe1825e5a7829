package io.millrace.example;

import java.util.List;

/**
 * What the outputs of a model mean, one name for each row of its head, in order. A task may have a
 * space of its own with more in it. Immutable.
 */
public interface OutputSpace {

  /** At least one distinct name. */
  List<String> names();

  /** The width of the head. */
  default int size() {
    return names().size();
  }

  default String name(int index) {
    return names().get(index);
  }

  /** Whether these are its first names, in order: then an index says the same in both. */
  default boolean startsWith(List<String> first) {
    return first.size() <= size() && first.equals(names().subList(0, first.size()));
  }

  /** Where others differ from these, for messages; may be empty. */
  default String difference(List<String> others) {
    return "";
  }

  /** How many there are, and a handful of them, for messages. */
  default String summary() {
    return LabelSet.summary(names());
  }
}
