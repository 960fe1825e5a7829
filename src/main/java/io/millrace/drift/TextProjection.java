package io.millrace.drift;

import io.millrace.tokenize.TokenizedText;
import java.util.SplittableRandom;

/**
 * What a text is about, in a few numbers that no training changes: the mean of its tokens' word
 * embeddings in the base model, in a random projection (Johnson and Lindenstrauss 1984). Immutable;
 * takes {@value #SIZE} floats of heap for each word of the vocabulary.
 */
public final class TextProjection {

  static final int SIZE = 8;

  private static final long SEED = 20_071;

  private final float[] words;

  /**
   * Projects a table of word embeddings.
   *
   * @param table {@code [V, H]}, row by row
   * @param hidden H
   */
  public TextProjection(float[] table, int hidden) {
    double[] directions = new double[hidden * SIZE];
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < directions.length; i++) {
      directions[i] = random.nextBoolean() ? 1 : -1; // Achlioptas 2003: signs do
    }
    words = new float[table.length / hidden * SIZE];
    for (int word = 0; word < table.length / hidden; word++) {
      for (int k = 0; k < SIZE; k++) {
        double sum = 0;
        for (int h = 0; h < hidden; h++) {
          sum += table[word * hidden + h] * directions[h * SIZE + k];
        }
        words[word * SIZE + k] = (float) sum;
      }
    }
  }

  /** {@code [8]}: the text's point. */
  double[] of(TokenizedText text) {
    double[] point = new double[SIZE];
    for (long id : text.ids()) {
      for (int k = 0; k < SIZE; k++) {
        point[k] += words[(int) id * SIZE + k] / (double) text.length();
      }
    }
    return point;
  }
}
