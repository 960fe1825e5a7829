package io.millrace.tokenize;

/**
 * What a base model can read, found once where it is loaded.
 *
 * @param vocabSize rows of its word embedding: token ids are below it
 * @param segments rows of its segment embedding; with 1 it cannot tell a pair apart
 */
public record BaseCapability(int vocabSize, int segments) {

  /** Of a base of which nothing is known. */
  static final BaseCapability ANY = new BaseCapability(Integer.MAX_VALUE, Integer.MAX_VALUE);

  boolean takesPairs() {
    return segments > 1;
  }
}
