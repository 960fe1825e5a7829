package io.millrace.tokenize;

import java.util.List;

/**
 * Texts padded to the longest among them, as the encoder takes them. Row-major.
 *
 * @param rows the number of texts, {@code B}
 * @param length the padded length, {@code T}
 * @param ids {@code [B, T]} vocabulary ids, 0 ([PAD]) behind each text
 * @param typeIds {@code [B, T]} segment ids
 * @param mask {@code [B, T]} 1 for a token, 0 for padding
 */
@SuppressWarnings("ArrayRecordComponent") // a value of the hot path; nobody compares or writes it
public record TokenMatrix(int rows, int length, long[] ids, long[] typeIds, long[] mask) {

  /** Pads to the longest text. */
  public static TokenMatrix of(List<TokenizedText> texts) {
    if (texts.isEmpty()) {
      throw new IllegalArgumentException("a batch holds at least one text");
    }
    int rows = texts.size();
    int length = texts.stream().mapToInt(TokenizedText::length).max().getAsInt();
    long[] ids = new long[rows * length];
    long[] typeIds = new long[rows * length];
    long[] mask = new long[rows * length];
    for (int row = 0; row < rows; row++) {
      TokenizedText text = texts.get(row);
      for (int column = 0; column < text.length(); column++) {
        int cell = row * length + column;
        ids[cell] = text.ids()[column];
        typeIds[cell] = text.typeIds()[column];
        mask[cell] = 1;
      }
    }
    return new TokenMatrix(rows, length, ids, typeIds, mask);
  }

  /** Cells of the matrix, padding included: what a step costs. */
  public int paddedTokens() {
    return rows * length;
  }

  /** Real tokens. */
  public int tokens() {
    int sum = 0;
    for (long cell : mask) {
      sum += (int) cell;
    }
    return sum;
  }
}
