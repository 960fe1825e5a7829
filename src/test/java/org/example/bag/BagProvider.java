package org.example.bag;

import io.millrace.model.arch.Architecture;
import io.millrace.model.arch.ArchitectureProvider;
import io.millrace.model.arch.ConfigFile;

/** Named in {@code META-INF/services}, as that of any other jar. */
public final class BagProvider implements ArchitectureProvider {

  @Override
  public String modelType() {
    return BagOfWords.TYPE;
  }

  @Override
  public Architecture read(ConfigFile config) {
    return new BagOfWords(config.integer("vocab_size"), config.integer("width"));
  }
}
