package io.millrace.heldout;

import io.millrace.example.RecordPosition;
import io.millrace.tokenize.HeldOutExample;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The first held-out examples of each label, or others that were given, kept for ever: what was
 * learned early must still be known when the window has moved on. Balanced, since a stream's first
 * examples may all be of one label; and of no more than a number in all, since each evaluation
 * scores them: where there are many labels each has fewer. Training thread only.
 */
public final class GoldenSet {

  private final int perLabel;
  private final int most;
  private final List<HeldOutExample> examples = new ArrayList<>();
  private final Map<Integer, Integer> counts = new HashMap<>();

  /**
   * @param perLabel most examples of each label; 0 keeps none
   * @param most of all labels together
   */
  public GoldenSet(int perLabel, int most) {
    this.perLabel = perLabel;
    this.most = most;
  }

  /** One that takes no others. */
  public static GoldenSet given(List<HeldOutExample> examples) {
    GoldenSet set = new GoldenSet(0, 0);
    set.examples.addAll(examples);
    return set;
  }

  /**
   * Takes an example while its label still wants some. Where the set is full it takes the place of
   * the label's newest that has the most, if its own has at least two fewer.
   */
  public void offer(HeldOutExample example) {
    int own = counts.getOrDefault(example.target().group(), 0);
    if (own < perLabel && (examples.size() < most || makesRoom(own))) {
      examples.add(example);
      counts.merge(example.target().group(), 1, Integer::sum);
    }
  }

  private boolean makesRoom(int own) {
    int largest =
        counts.entrySet().stream()
            .max(
                Map.Entry.<Integer, Integer>comparingByValue()
                    .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
            .map(Map.Entry::getKey)
            .orElse(-1);
    if (counts.getOrDefault(largest, 0) < own + 2) {
      return false;
    }
    for (int i = examples.size() - 1; i >= 0; i--) {
      if (examples.get(i).target().group() == largest) {
        examples.remove(i);
        counts.merge(largest, -1, Integer::sum);
        return true;
      }
    }
    return false;
  }

  /** Removes those that stand at these positions; others may come for them. */
  public void forget(Set<RecordPosition> positions) {
    List<HeldOutExample> gone =
        examples.stream().filter(example -> positions.contains(example.position())).toList();
    gone.forEach(example -> counts.merge(example.target().group(), -1, Integer::sum));
    examples.removeAll(gone);
  }

  /** In the order in which they came. */
  public List<HeldOutExample> examples() {
    return List.copyOf(examples);
  }
}
