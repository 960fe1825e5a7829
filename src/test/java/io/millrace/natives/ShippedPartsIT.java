package io.millrace.natives;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An image lists each jar that it ships, with its licence, and nothing that it does not ship. */
class ShippedPartsIT {

  private static final Path APP = Path.of("target/quarkus-app");

  @TempDir private Path folder;

  @Test
  void theListIsWhatIsPackaged() throws Exception {
    int ended =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                APP.resolve("lib/main/*").toString(),
                "deploy/ShippedParts.java",
                "target/quarkus-run-cyclonedx.json",
                APP.resolve("lib").toString(),
                folder.toString())
            .inheritIO()
            .start()
            .waitFor();
    assertThat(ended).isZero();

    JsonNode sbom = new ObjectMapper().readTree(folder.resolve("sbom.cdx.json").toFile());
    assertThat(sbom.path("bomFormat").asText()).isEqualTo("CycloneDX");
    Set<String> listed = new TreeSet<>();
    for (JsonNode component : sbom.get("components")) {
      component
          .at("/evidence/occurrences")
          .forEach(occurrence -> listed.add(occurrence.get("location").asText()));
      if (component.path("purl").asText().startsWith("pkg:maven/")) {
        assertThat(component.get("licenses")).as(component.get("purl").asText()).isNotEmpty();
        assertThat(component.at("/licenses/0/license").has("text")).isFalse();
      }
    }
    assertThat(listed).containsAll(jars());
    assertThat(listed).allSatisfy(file -> assertThat(APP.resolve(file)).exists());
    assertThat(sbom.get("components"))
        .extracting(component -> component.get("name").asText())
        .contains("libtorch", "all-MiniLM-L6-v2", "kafka-clients")
        .doesNotContain("kafka_2.13", "junit-jupiter", "quarkus-core-deployment");
    assertThat(folder.resolve("texts")).isDirectoryContaining("glob:**/Apache-2.0.txt");
    assertThat(folder.resolve("jars")).isDirectoryContaining("glob:**/net.java.dev.jna.jna-*");
  }

  @Test
  void theVersionOfLibtorchIsTheBuilds() throws Exception {
    List<String> pom = Files.readAllLines(Path.of("pom.xml"));
    String version =
        pom.stream()
            .filter(line -> line.contains("<pytorch.version>"))
            .map(line -> line.replaceAll("<[^>]+>|\\s", ""))
            .findFirst()
            .orElseThrow();

    assertThat(Files.readString(Path.of("deploy/ShippedParts.java")))
        .contains("pytorch@v" + version, "\"libtorch\", \"" + version + "\"");
    assertThat(Files.readString(Path.of("deploy/Dockerfile.cuda")))
        .contains("PYTORCH_VERSION=" + version, "pytorch:" + version + "-cuda12.8");
  }

  private static Set<String> jars() throws Exception {
    try (Stream<Path> files = Files.walk(APP.resolve("lib"))) {
      return files
          .filter(file -> file.toString().endsWith(".jar"))
          .map(file -> APP.relativize(file).toString())
          .collect(Collectors.toSet());
    }
  }
}
