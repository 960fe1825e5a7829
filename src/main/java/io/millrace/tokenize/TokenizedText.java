package io.millrace.tokenize;

/**
 * A text (or pair) as token ids, special tokens included, cut at the configured length, not padded.
 *
 * @param ids {@code [T]} vocabulary ids
 * @param typeIds {@code [T]} segment ids: 0 for the first text, 1 for its pair
 */
@SuppressWarnings("ArrayRecordComponent") // a value of the hot path; nobody compares or writes it
public record TokenizedText(int[] ids, int[] typeIds) {

  public TokenizedText {
    if (ids.length == 0 || ids.length != typeIds.length) {
      throw new IllegalArgumentException(
          "ids and typeIds must have one length above 0: " + ids.length + ", " + typeIds.length);
    }
  }

  /** The number of tokens, {@code T}. */
  public int length() {
    return ids.length;
  }
}
