package io.millrace.testing;

import io.millrace.model.arch.Architecture;
import io.millrace.model.arch.Bert;
import io.millrace.model.arch.BertConfig;

/** For tests that know that their architecture is BERT. */
public final class Berts {

  /** The table that tokens are looked up in. */
  public static final String WORDS = "bert.embeddings.word_embeddings.weight";

  private Berts() {}

  public static BertConfig config(Architecture architecture) {
    return ((Bert) architecture).config();
  }
}
