package io.millrace.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.web.problem.RefusedException;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SchemasResourceTest {

  private final SchemasResource resource = new SchemasResource();

  @Test
  void everyFileOfTheContractIsListedAndHandedOutAsItIs() throws IOException {
    Path folder = Path.of("src/main/resources/schemas");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(resource.list());
    }
    for (String name : resource.list()) {
      try (Response response = resource.get(name)) {
        assertThat(response.getEntity()).isEqualTo(Files.readAllBytes(folder.resolve(name)));
        assertThat(response.getMediaType())
            .hasToString(name.endsWith(".yaml") ? "application/yaml" : "application/schema+json");
      }
    }
  }

  @Test
  void anythingElseIsMissing() {
    assertThatThrownBy(() -> resource.get("../application.properties"))
        .isInstanceOf(RefusedException.class)
        .hasMessage("There is no such schema");
  }
}
