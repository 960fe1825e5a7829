package io.millrace;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import io.millrace.testing.OurClasses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who may import whom: the table of packages in the README, enforced. */
class PackageGraphTest {

  private static final JavaClasses CLASSES = OurClasses.ALL;

  private static final Map<String, List<String>> MAY_IMPORT =
      Map.ofEntries(
          Map.entry("example", List.of()),
          Map.entry("problem", List.of()),
          Map.entry("durability", List.of()),
          Map.entry("fault", List.of("problem")),
          Map.entry("meter", List.of("pipeline", "durability", "problem")),
          Map.entry("natives", List.of()),
          Map.entry("stray", List.of("problem", "example")),
          Map.entry("control", List.of()),
          Map.entry("retry", List.of("example")),
          Map.entry("tokenize", List.of("example")),
          Map.entry("torch", List.of()),
          Map.entry("model", List.of("torch", "tokenize")),
          Map.entry("training", List.of("torch", "model", "tokenize", "example")),
          Map.entry("evaluation", List.of("model", "tokenize", "example")),
          Map.entry("publication", List.of("evaluation", "model", "torch", "tokenize", "example")),
          Map.entry(
              "checkpoint",
              List.of("publication", "evaluation", "training", "model", "torch", "example")),
          Map.entry("identity", List.of("publication")),
          Map.entry("journal", List.of("checkpoint", "publication", "example")),
          Map.entry("ledger", List.of("publication", "example")),
          Map.entry(
              "pipeline",
              List.of(
                  "checkpoint",
                  "journal",
                  "ledger",
                  "publication",
                  "evaluation",
                  "training",
                  "model",
                  "torch",
                  "tokenize",
                  "problem",
                  "fault",
                  "durability",
                  "identity",
                  "stray",
                  "control",
                  "retry",
                  "example")),
          Map.entry("s3", List.of("publication")),
          Map.entry(
              "serving",
              List.of("model", "tokenize", "publication", "torch", "problem", "example")),
          Map.entry(
              "kafka",
              List.of(
                  "pipeline",
                  "serving",
                  "ledger",
                  "publication",
                  "evaluation",
                  "publication",
                  "evaluation",
                  "identity",
                  "problem",
                  "fault",
                  "durability",
                  "control",
                  "retry",
                  "example")),
          Map.entry(
              "web",
              List.of(
                  "pipeline",
                  "serving",
                  "publication",
                  "evaluation",
                  "example",
                  "problem",
                  "control",
                  "tokenize")),
          Map.entry(
              "cli",
              List.of(
                  "stream",
                  "pipeline",
                  "kafka",
                  "serving",
                  "web",
                  "s3",
                  "demo",
                  "natives",
                  "retry",
                  "example")),
          Map.entry(
              "stream",
              List.of("pipeline", "publication", "evaluation", "training", "tokenize", "example")),
          Map.entry("demo", List.of("example")));

  @Test
  void everyPackageImportsOnlyWhatItMay() {
    var layers = layeredArchitecture().consideringOnlyDependenciesInLayers();
    for (String name : MAY_IMPORT.keySet()) {
      layers = layers.layer(name).definedBy("io.millrace." + name);
    }
    for (var entry : MAY_IMPORT.entrySet()) {
      String[] allowed = entry.getValue().toArray(String[]::new);
      layers =
          allowed.length == 0
              ? layers.whereLayer(entry.getKey()).mayNotAccessAnyLayer()
              : layers.whereLayer(entry.getKey()).mayOnlyAccessLayers(allowed);
    }
    layers.check(CLASSES);
  }

  @Test
  void everyPackageIsInTheGraphAndSaysWhatItIs() throws IOException {
    Path root = Path.of("src/main/java/io/millrace");
    try (Stream<Path> folders = Files.list(root).filter(Files::isDirectory)) {
      assertThat(folders)
          .allSatisfy(
              folder -> {
                assertThat(MAY_IMPORT).containsKey(folder.getFileName().toString());
                assertThat(folder.resolve("package-info.java")).exists();
              });
    }
  }

  @Test
  void onlyKafkaKnowsMessagingOnlyS3TheSdkAndOnlyTheCoreTorch() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.millrace.kafka", "io.millrace.fault", "io.millrace.demo")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.kafka..",
            "io.smallrye.reactive.messaging..",
            "org.eclipse.microprofile.reactive..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideOutsideOfPackage("io.millrace.s3")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("software.amazon..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAnyPackage(
            "io.millrace.example",
            "io.millrace.evaluation",
            "io.millrace.checkpoint",
            "io.millrace.journal",
            "io.millrace.kafka",
            "io.millrace.web",
            "io.millrace.demo")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("ai.djl..")
        .check(CLASSES);
  }

  @Test
  void noClassIsLong() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      assertThat(files.filter(file -> file.toString().endsWith(".java")))
          .allSatisfy(
              file ->
                  assertThat(Files.readAllLines(file))
                      .as("%s", file)
                      .hasSizeLessThanOrEqualTo(400));
    }
  }
}
