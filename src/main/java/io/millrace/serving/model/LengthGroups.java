package io.millrace.serving.model;

import io.millrace.tokenize.TokenizedText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Keeps a long text from padding the short ones that came with it. */
final class LengthGroups {

  private LengthGroups() {}

  /**
   * Divides texts, the shortest first, so that no group is padded to more than twice its tokens.
   *
   * @return places in the list; each is in one group
   */
  static List<List<Integer>> of(List<TokenizedText> texts) {
    List<List<Integer>> groups = new ArrayList<>();
    List<Integer> group = new ArrayList<>();
    int tokens = 0;
    for (int place : byLength(texts)) {
      int length = texts.get(place).length();
      if ((group.size() + 1) * length > 2 * (tokens + length)) {
        groups.add(group);
        group = new ArrayList<>();
        tokens = 0;
      }
      group.add(place);
      tokens += length;
    }
    groups.add(group);
    return groups;
  }

  private static List<Integer> byLength(List<TokenizedText> texts) {
    return IntStream.range(0, texts.size())
        .boxed()
        .sorted(Comparator.comparingInt(place -> texts.get(place).length()))
        .toList();
  }
}
