package io.millrace.replay;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Class-balancing reservoir sampling (CBRS, algorithm 1 of Chrysakis and Moens, ICML 2020). A label
 * is full once it was the largest in the full buffer. One that is not takes a place from the
 * largest; one that is samples its own places as algorithm R does.
 */
final class ClassBalancedReservoir implements Reservoir {

  private final Set<Integer> full;

  /**
   * @param full labels that are full already
   */
  ClassBalancedReservoir(Set<Integer> full) {
    this.full = new HashSet<>(full);
  }

  @Override
  public OptionalInt place(
      int label, List<KeptExample> kept, long seen, long seenOfLabel, SplittableRandom random) {
    Map<Integer, Long> counts = new HashMap<>();
    kept.forEach(one -> counts.merge(one.example().target().group(), 1L, Long::sum));
    long most = counts.values().stream().mapToLong(Long::longValue).max().orElseThrow();
    counts.forEach(
        (of, count) -> {
          if (count == most) {
            full.add(of);
          }
        });
    if (!full.contains(label)) {
      int[] places = places(kept, of -> counts.get(of) == most);
      return OptionalInt.of(places[random.nextInt(places.length)]);
    }
    int[] places = places(kept, of -> of == label);
    long place = random.nextLong(seenOfLabel);
    return place < places.length ? OptionalInt.of(places[(int) place]) : OptionalInt.empty();
  }

  @Override
  public Set<Integer> fullLabels() {
    return Set.copyOf(full);
  }

  private static int[] places(List<KeptExample> kept, IntPredicate chosenLabel) {
    return IntStream.range(0, kept.size())
        .filter(place -> chosenLabel.test(kept.get(place).example().target().group()))
        .toArray();
  }
}
