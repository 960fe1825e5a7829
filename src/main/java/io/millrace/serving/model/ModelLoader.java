package io.millrace.serving.model;

import io.millrace.version.ModelVersion;
import java.io.IOException;

/** Turns a version's artifact into a model that answers. */
public interface ModelLoader {

  /**
   * Verifies the artifact's hashes, then loads it. Blocks; the caller owns the result.
   *
   * @throws IOException when a file is missing, cannot be read or differs from its hash
   * @throws RuntimeException when the files are intact and still no model
   */
  ServingModel load(ModelVersion version) throws IOException;
}
