package io.millrace.replay;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a replay buffer is between two draws: everything that its next draws depend on besides the
 * seed. Immutable.
 *
 * @param seenByLabel examples offered so far, kept or not, by label index
 * @param fullLabels labels that may not grow any more (class-balanced only)
 * @param owed replays that idle time still owes the examples seen
 * @param kept the examples, in the order of their places
 */
public record ReplayState(
    Map<Integer, Long> seenByLabel, Set<Integer> fullLabels, long owed, List<KeptExample> kept) {

  /** Nothing seen, nothing kept. */
  public static final ReplayState EMPTY = new ReplayState(Map.of(), Set.of(), 0, List.of());

  public ReplayState {
    seenByLabel = Map.copyOf(seenByLabel);
    fullLabels = Set.copyOf(fullLabels);
    kept = List.copyOf(kept);
  }

  /** Examples offered so far. */
  long seen() {
    return seenByLabel.values().stream().mapToLong(Long::longValue).sum();
  }
}
