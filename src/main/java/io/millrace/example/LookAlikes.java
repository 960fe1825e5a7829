package io.millrace.example;

import java.text.Normalizer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds labels that differ only by case, white space or compatibility forms: two labels to the
 * model, mostly one to whoever made them. Each pair is told once, and no more than a few of them.
 * One thread at a time.
 */
public final class LookAlikes {

  private static final int MOST_TOLD = 20;
  private static final int SHOWN_CHARACTERS = 60;

  private final Map<String, String> byFold = new HashMap<>();
  private final Set<String> told = new HashSet<>();
  private int known;

  /**
   * Takes the labels of the model in.
   *
   * @param names all of them; those that were here before come first
   * @return a sentence for each new pair
   */
  public List<String> known(List<String> names) {
    List<String> found =
        names.subList(Math.min(known, names.size()), names.size()).stream()
            .map(name -> pair(byFold.putIfAbsent(folded(name), name), name))
            .flatMap(Optional::stream)
            .toList();
    known = names.size();
    return found;
  }

  /** A sentence for each label added that looks like another. */
  public static List<String> added(List<String> before, List<String> all) {
    LookAlikes lookAlikes = new LookAlikes();
    before.forEach(name -> lookAlikes.byFold.putIfAbsent(folded(name), name));
    lookAlikes.known = before.size();
    return lookAlikes.known(all);
  }

  /** A sentence, where a label that the model lacks looks like one that it has. */
  public Optional<String> unknown(String name) {
    return told.size() >= MOST_TOLD ? Optional.empty() : pair(byFold.get(folded(name)), name);
  }

  private Optional<String> pair(String first, String second) {
    if (first == null
        || first.equals(second)
        || told.size() >= MOST_TOLD
        || !told.add(first + '\0' + second)) {
      return Optional.empty();
    }
    return Optional.of(
        "the labels \"%s\" and \"%s\" differ only by case, white space or compatibility forms, and are two labels to the model%s"
            .formatted(
                shown(first),
                shown(second),
                told.size() == MOST_TOLD ? "; further pairs are not told" : ""));
  }

  private static String shown(String name) {
    return Characters.cut(name, SHOWN_CHARACTERS);
  }

  private static String folded(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFKC)
        .toUpperCase(Locale.ROOT)
        .toLowerCase(Locale.ROOT)
        .codePoints()
        .filter(codePoint -> !Characters.isBlank(Character.toString(codePoint)))
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }
}
