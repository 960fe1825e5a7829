package io.millrace.tokenize;

import ai.djl.huggingface.tokenizers.Encoding;
import java.util.Arrays;

/**
 * Cuts a pair as Hugging Face's {@code longest_first} does. The native library would do it by
 * itself, but it also forms each combination of what it cut off: for two texts of 20,000 characters
 * that takes gigabytes.
 *
 * @param first tokens of the first text that stay
 * @param second tokens of the second text that stay
 */
record PairCut(int first, int second) {

  /**
   * What stays of two texts.
   *
   * @param first tokens of the first
   * @param second tokens of the second
   * @param room tokens for both together
   */
  static PairCut of(int first, int second, int room) {
    int shorter = Math.min(first, second);
    int longer = Math.min(Math.max(first, second), Math.max(shorter, room - shorter));
    if (shorter + longer > room) {
      shorter = room / 2;
      longer = shorter + room % 2;
    }
    return first > second ? new PairCut(longer, shorter) : new PairCut(shorter, longer);
  }

  /**
   * The tokens of a pair that was not cut.
   *
   * @param maxLength most tokens, special ones included
   */
  static TokenizedText cut(Encoding pair, int maxLength) {
    long[] ids = pair.getIds();
    long[] types = pair.getTypeIds();
    long[] texts = pair.getSequenceIds();
    int[] tokens = new int[2];
    for (long text : texts) {
      if (text >= 0) {
        tokens[(int) text]++;
      }
    }
    int special = ids.length - tokens[0] - tokens[1];
    PairCut cut = of(tokens[0], tokens[1], maxLength - special);
    int[] left = {cut.first, cut.second};
    int[] keptIds = new int[Math.min(ids.length, maxLength)];
    int[] keptTypes = new int[keptIds.length];
    int kept = 0;
    for (int i = 0; i < ids.length; i++) {
      if (texts[i] < 0 || left[(int) texts[i]]-- > 0) {
        keptIds[kept] = Math.toIntExact(ids[i]);
        keptTypes[kept] = Math.toIntExact(types[i]);
        kept++;
      }
    }
    return new TokenizedText(Arrays.copyOf(keptIds, kept), Arrays.copyOf(keptTypes, kept));
  }
}
