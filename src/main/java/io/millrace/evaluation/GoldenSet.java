package io.millrace.evaluation;

import io.millrace.example.RecordPosition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The first held-out examples of each label, or others that were given, kept for ever: what was
 * learned early must still be known when the window has moved on. Balanced, since a stream's first
 * examples may all be of one label. Training thread only.
 */
public final class GoldenSet {

  private final int perLabel;
  private final List<HeldOutExample> examples = new ArrayList<>();
  private final Map<Integer, Integer> counts = new HashMap<>();

  /**
   * @param perLabel most examples of each label; 0 keeps none
   */
  public GoldenSet(int perLabel) {
    this.perLabel = perLabel;
  }

  /** One that takes no others. */
  public static GoldenSet given(List<HeldOutExample> examples) {
    GoldenSet set = new GoldenSet(0);
    set.examples.addAll(examples);
    return set;
  }

  /** Takes an example while its label still wants some. */
  public void offer(HeldOutExample example) {
    if (counts.getOrDefault(example.label(), 0) < perLabel) {
      examples.add(example);
      counts.merge(example.label(), 1, Integer::sum);
    }
  }

  /** Removes those that stand at these positions; others may come for them. */
  public void forget(Set<RecordPosition> positions) {
    List<HeldOutExample> gone =
        examples.stream().filter(example -> positions.contains(example.position())).toList();
    gone.forEach(example -> counts.merge(example.label(), -1, Integer::sum));
    examples.removeAll(gone);
  }

  /** In the order in which they came. */
  public List<HeldOutExample> examples() {
    return List.copyOf(examples);
  }
}
