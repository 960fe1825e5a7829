package io.millrace.checkpoint;

import io.millrace.testing.GoldenJson;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ManifestJsonTest {

  @Test
  void aManifestIsWrittenAndReadAsItWas() throws IOException {
    GoldenJson.assertKept("checkpoint/manifest.json", Manifest.class);
  }
}
