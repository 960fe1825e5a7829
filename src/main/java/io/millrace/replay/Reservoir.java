package io.millrace.replay;

import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;

/** Which place of a full buffer a further example takes. */
sealed interface Reservoir permits UniformReservoir, ClassBalancedReservoir {

  /** The strategy's reservoir, going on from the labels that are full. */
  static Reservoir of(ReplayStrategy strategy, Set<Integer> fullLabels) {
    return switch (strategy) {
      case UNIFORM, LOSS -> new UniformReservoir();
      case CLASS_BALANCED -> new ClassBalancedReservoir(fullLabels);
    };
  }

  /**
   * Chooses the example that has to go.
   *
   * @param label the new example's label index
   * @param kept the full buffer
   * @param seen examples offered so far, the new one included
   * @param seenOfLabel those of its label, the new one included
   * @return the place it takes, empty where it is not kept
   */
  OptionalInt place(
      int label, List<KeptExample> kept, long seen, long seenOfLabel, SplittableRandom random);

  /** Labels that may not grow any more, all that it remembers. */
  Set<Integer> fullLabels();
}
