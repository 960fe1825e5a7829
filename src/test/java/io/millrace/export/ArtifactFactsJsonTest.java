package io.millrace.export;

import io.millrace.storage.Json;
import io.millrace.testing.GoldenJson;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ArtifactFactsJsonTest {

  @Test
  void whatAVersionsFolderSaysOfItIsWrittenAsItWas() throws IOException {
    Class<?> facts =
        Stream.of(ArtifactWriter.class.getDeclaredClasses())
            .filter(Class::isRecord)
            .findFirst()
            .orElseThrow();
    GoldenJson.assertKept(
        "store/millrace.json", facts, Json.MAPPER.writerWithDefaultPrettyPrinter());
  }
}
