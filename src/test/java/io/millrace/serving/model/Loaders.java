package io.millrace.serving.model;

import io.millrace.model.ModelSettings;
import io.millrace.version.VersionStore;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;

/** Loaders as the service makes them, for tests of other packages. */
public final class Loaders {

  private Loaders() {}

  /** Of the versions in a store, on the CPU. */
  public static ModelLoader of(VersionStore store) {
    return new ArtifactLoader(
        store,
        new SmallRyeConfigBuilder()
            .withMapping(ModelSettings.class)
            .withDefaultValues(Map.of("millrace.device", "cpu"))
            .build()
            .getConfigMapping(ModelSettings.class),
        64);
  }
}
