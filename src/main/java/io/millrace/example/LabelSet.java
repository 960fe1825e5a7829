package io.millrace.example;

import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;

/**
 * The labels of a model in the order of its logits.
 *
 * @param names at least two distinct, non-blank names; a label's index is its row in the classifier
 */
public record LabelSet(List<String> names) {

  public LabelSet {
    names = List.copyOf(names);
    if (names.size() < 2) {
      throw new IllegalArgumentException("a classifier needs at least two labels, got " + names);
    }
    if (new HashSet<>(names).size() != names.size()) {
      throw new IllegalArgumentException("labels repeat: " + names);
    }
    if (names.stream().anyMatch(String::isBlank)) {
      throw new IllegalArgumentException("a label is blank: " + names);
    }
  }

  /** The index of a label, empty for a name that is none of ours. */
  public OptionalInt indexOf(String name) {
    int index = names.indexOf(name);
    return index < 0 ? OptionalInt.empty() : OptionalInt.of(index);
  }

  /** Whether these are its first labels, in order: then an index says the same in both. */
  public boolean startsWith(List<String> first) {
    return first.size() <= names.size() && names.subList(0, first.size()).equals(first);
  }

  public String name(int index) {
    return names.get(index);
  }

  public int size() {
    return names.size();
  }
}
