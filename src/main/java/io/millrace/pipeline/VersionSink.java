package io.millrace.pipeline;

import io.millrace.publication.ModelVersion;
import java.util.concurrent.CompletionStage;

/** Where new versions are announced. */
public interface VersionSink {

  /** Announces; completes when the broker has it. The same version may be announced twice. */
  CompletionStage<Void> announce(ModelVersion version);
}
