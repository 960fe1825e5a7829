package io.millrace.stray;

import java.util.OptionalInt;

/**
 * The partition in which each of the recent ids was seen last, in a fixed amount of memory: eight
 * bytes an entry, no text. An id takes the entry of an older one with the same slot, so what was
 * seen as many ids ago as there are slots is forgotten with probability 0.63. A wrong answer needs
 * two ids that agree in slot and 48 bits of hash. One thread at a time.
 */
final class IdPartitions {

  private static final long PARTITION = 0xFFFF;

  private final long[] slots;

  /**
   * @param slots entries, a power of two
   */
  IdPartitions(int slots) {
    if (Integer.bitCount(slots) != 1) {
      throw new IllegalArgumentException(slots + " is no power of two");
    }
    this.slots = new long[slots];
  }

  /**
   * Notes where an id was seen.
   *
   * @param partition below 65,536
   * @return where it was seen before, if that is remembered
   */
  OptionalInt seen(String topic, String id, int partition) {
    long hash = hash(topic, id);
    int slot = (int) (hash >>> 32) & (slots.length - 1);
    long tag = hash & ~PARTITION;
    long before = slots[slot];
    slots[slot] = tag | (partition & PARTITION);
    return before != 0 && (before & ~PARTITION) == tag
        ? OptionalInt.of((int) (before & PARTITION))
        : OptionalInt.empty();
  }

  /** FNV-1a over both, then the finalizer of SplitMix64, which spreads it over all bits. */
  private static long hash(String topic, String id) {
    long hash = fnv(fnv(0xcbf29ce484222325L, topic) ^ 0xFF, id);
    hash = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
    hash = (hash ^ (hash >>> 27)) * 0x94d049bb133111ebL;
    return hash ^ (hash >>> 31);
  }

  private static long fnv(long hash, String text) {
    long result = hash;
    for (int i = 0; i < text.length(); i++) {
      result = (result ^ text.charAt(i)) * 0x100000001b3L;
    }
    return result;
  }
}
