package io.millrace.example;

import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The labels of a model in the order of its logits. Names are compared in NFC; those of models that
 * were made before that was a rule stay as they are.
 *
 * @param names at least two distinct, non-blank names; a label's index is its row in the classifier
 */
public record LabelSet(List<String> names) implements OutputSpace {

  private static final int SHOWN = 5;
  private static final int SHOWN_CHARACTERS = 60;

  public LabelSet {
    names = names.stream().map(Characters::repaired).toList();
    if (names.size() < 2) {
      throw new IllegalArgumentException(
          "a classifier needs at least two labels, got " + summary(names));
    }
    if (names.stream().anyMatch(String::isBlank)) {
      throw new IllegalArgumentException("a label is blank, of " + summary(names));
    }
    if (new HashSet<>(names).size() != names.size()) {
      Set<String> seen = new HashSet<>();
      List<String> again = names.stream().filter(name -> !seen.add(name)).distinct().toList();
      throw new IllegalArgumentException("labels repeat: " + summary(again));
    }
  }

  /** The index of a label, empty for a name that is none of ours. */
  public OptionalInt indexOf(String name) {
    int index = names.indexOf(name);
    if (index >= 0) {
      return OptionalInt.of(index);
    }
    String nfc = LabelRules.nfc(name);
    return IntStream.range(0, names.size())
        .filter(i -> LabelRules.nfc(names.get(i)).equals(nfc))
        .findFirst();
  }

  @Override
  public boolean startsWith(List<String> first) {
    return first.size() <= names.size()
        && IntStream.range(0, first.size())
            .allMatch(i -> LabelRules.nfc(first.get(i)).equals(LabelRules.nfc(names.get(i))));
  }

  @Override
  public String difference(List<String> others) {
    for (int i = 0; i < Math.min(names.size(), others.size()); i++) {
      if (!LabelRules.nfc(names.get(i)).equals(LabelRules.nfc(others.get(i)))) {
        return ": number %d is %s there and %s here"
            .formatted(i + 1, shown(others.get(i)), shown(names.get(i)));
      }
    }
    return "";
  }

  /** How many there are, and a handful of them: for messages, which must not grow with the set. */
  public static String summary(List<String> names) {
    return names.stream()
        .limit(SHOWN)
        .map(LabelSet::shown)
        .collect(
            Collectors.joining(
                ", ",
                names.size() == 1 ? "1 label (" : names.size() + " labels (",
                names.size() > SHOWN ? ", …)" : ")"));
  }

  private static String shown(String name) {
    String cut = Characters.cut(name, SHOWN_CHARACTERS);
    return cut.length() == name.length() ? name : cut + "…";
  }

  /** {@link #summary()}. */
  @Override
  public String toString() {
    return summary();
  }
}
