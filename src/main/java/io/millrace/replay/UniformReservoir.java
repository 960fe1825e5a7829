package io.millrace.replay;

import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;

/** Vitter's algorithm R: each of the examples seen is kept with the same probability. */
record UniformReservoir() implements Reservoir {

  @Override
  public OptionalInt place(
      int label, List<KeptExample> kept, long seen, long seenOfLabel, SplittableRandom random) {
    long place = random.nextLong(seen);
    return place < kept.size() ? OptionalInt.of((int) place) : OptionalInt.empty();
  }

  @Override
  public Set<Integer> fullLabels() {
    return Set.of();
  }
}
