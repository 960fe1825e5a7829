package io.millrace.intake;

import io.millrace.config.PipelineException;
import io.millrace.example.LabelSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jboss.logging.Logger;

/**
 * Learns the label set from the stream, and holds what arrives meanwhile. The set is the labels of
 * the first examples to train on, in alphabetical order, as soon as there are at least two and
 * enough examples. Where what is held reaches its bounds before, it is the labels of all that is
 * held. One thread.
 */
public final class LabelSetDiscovery {

  private static final Logger LOG = Logger.getLogger(LabelSetDiscovery.class);
  private static final int HEAP_PARTS = 8;

  private final int learnFrom;
  private final HeldRecords held;
  private final SortedSet<String> seen = new TreeSet<>();
  private int examples;

  /**
   * @param learnFrom examples to see first
   * @param maxHeld records held at most; their bytes are bounded by an eighth of the heap
   */
  public LabelSetDiscovery(int learnFrom, int maxHeld) {
    this(learnFrom, maxHeld, Runtime.getRuntime().maxMemory() / HEAP_PARTS);
  }

  public LabelSetDiscovery(int learnFrom, int maxHeld, long maxBytes) {
    this.learnFrom = learnFrom;
    this.held = new HeldRecords(maxHeld, maxBytes);
  }

  /**
   * Takes one more record and holds it.
   *
   * @return the label set once it is known
   * @throws PipelineException when so much is held that there must be a mistake
   */
  Optional<LabelSet> learn(PendingRecord record, boolean heldOut) {
    held.add(record);
    if (!heldOut && record instanceof PendingRecord.Example example) {
      seen.add(example.example().target().asName().orElseThrow());
      examples++;
      if (examples >= learnFrom && seen.size() >= 2) {
        return Optional.of(new LabelSet(new ArrayList<>(seen)));
      }
    }
    return held.isFull() ? Optional.of(ofAllHeld()) : Optional.empty();
  }

  /** All that was held, in its order. */
  List<PendingRecord> release() {
    return held.release();
  }

  private LabelSet ofAllHeld() {
    List<String> labels = held.labels();
    if (labels.size() < 2) {
      throw new PipelineException(
          "labels cannot be learned: %d records (%d MiB) are held, %d of them examples to train on, and they have %s; name the labels in millrace.labels.names, or raise millrace.labels.max-held or the heap"
              .formatted(held.size(), held.bytes() >> 20, examples, LabelSet.summary(labels)));
    }
    LabelSet fixed = new LabelSet(labels);
    LOG.warnf(
        "%d records (%d MiB) are held, which is the bound, after %d of the %d examples to learn"
            + " labels from: the labels are fixed now, to %s",
        held.size(), held.bytes() >> 20, examples, learnFrom, fixed.summary());
    return fixed;
  }
}
