package io.millrace.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cloudevents.jackson.JsonFormat;
import io.millrace.control.Command;
import io.millrace.input.Decoded;
import io.millrace.input.ExampleDecoder;
import io.millrace.score.BootstrapIntervals;
import io.millrace.score.Interval;
import io.millrace.storage.Json;
import io.millrace.testing.Examples;
import io.millrace.testing.JsonSchemas;
import io.millrace.testing.Labels;
import io.millrace.version.ModelVersion;
import io.millrace.version.RolledBack;
import io.millrace.version.TrainerStarted;
import io.millrace.version.VersionEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What was written stays readable, and what is written later does, too. */
class KeptMessagesTest {

  static Stream<Path> everyMessage() throws IOException {
    List<Path> files;
    try (Stream<Path> tree = Files.walk(Compat.FOLDER, 2)) {
      files = tree.filter(file -> !file.getParent().equals(Compat.FOLDER)).toList();
    }
    return files.stream().filter(Files::isRegularFile);
  }

  @ParameterizedTest
  @MethodSource("everyMessage")
  void itsSchemaAcceptsEachOfThem(Path file) throws IOException {
    String schema = file.getParent().getFileName().toString();
    assertThat(JsonSchemas.load(schema).errors(Files.readString(file))).isEmpty();
  }

  @Test
  void everySchemaHasOne() throws IOException {
    try (Stream<Path> schemas = Files.list(Path.of("src/main/resources/schemas"))) {
      for (Path schema : schemas.filter(path -> path.toString().endsWith(".json")).toList()) {
        String name = schema.getFileName().toString().replace(".schema.json", "");
        assertThat(Compat.files(name)).as(name).isNotEmpty();
      }
    }
  }

  @Test
  void aVersionOfThisReleaseIsReadToItsLastField() throws IOException {
    String event = Files.readString(Compat.FOLDER.resolve("version-published/0.1.json"));
    ModelVersion read = VersionEvent.parse(event);
    assertThat(read.freshAt()).isEqualTo("2026-11-28T20:31:40.289Z").isBefore(read.createdAt());
    assertThat(Json.MAPPER.readTree(VersionEvent.json(read)))
        .isEqualTo(Json.MAPPER.readTree(event));
  }

  @Test
  void aVersionFromBeforeThereWereTermsIsReadWithoutWhatCameLater() throws IOException {
    ModelVersion read =
        VersionEvent.parse(
            Files.readString(Compat.FOLDER.resolve("version-published/before-terms.json")));

    assertThat(read.version()).isEqualTo(1);
    assertThat(read.term()).isZero();
    assertThat(read.addedLabels()).isEmpty();
    assertThat(read.test()).isEmpty();
    assertThat(read.provenance().temperature()).isEqualTo(1);
    assertThat(read.provenance().replayed()).isEmpty();
    assertThat(read.files()).isNotEmpty();

    // And is written anew in a form that the schema accepts
    assertThat(JsonSchemas.load("version-published").errors(VersionEvent.json(read))).isEmpty();
  }

  @Test
  void aVersionFromBeforeItsNewestExampleWasKeptIsAsOldAsItsPublication() throws IOException {
    ModelVersion read =
        VersionEvent.parse(
            Files.readString(Compat.FOLDER.resolve("version-published/before-freshness.json")));

    assertThat(read.provenance().newestExampleAt()).isEmpty();
    assertThat(read.freshAt()).isEqualTo(read.createdAt());
  }

  @Test
  void rollBacksAreReadToTheirLastField() throws IOException {
    for (String file : List.of("0.1.json", "automatic-0.1.json")) {
      String event = Files.readString(Compat.FOLDER.resolve("version-rolledback/" + file));
      RolledBack read = RolledBack.ifRolledBack(event).orElseThrow();
      assertThat(Json.MAPPER.readTree(read.json())).isEqualTo(Json.MAPPER.readTree(event));
    }
  }

  @Test
  void whatWasWrittenBeforeThereWereMoreScoresIsReadWithoutThem() throws IOException {
    ModelVersion version =
        VersionEvent.parse(
            Files.readString(Compat.FOLDER.resolve("version-published/before-golden.json")));
    RolledBack back =
        RolledBack.ifRolledBack(
                Files.readString(Compat.FOLDER.resolve("version-rolledback/before-test.json")))
            .orElseThrow();

    assertThat(version.golden()).isEmpty();
    assertThat(version.bestGolden()).isEmpty();
    assertThat(version.prequential()).isEmpty();
    assertThat(version.evaluation().quality().brierInterval()).isEqualTo(Interval.UNDEFINED);
    assertThat(version.evaluation().quality().bootstrap()).isEqualTo(BootstrapIntervals.UNDEFINED);
    assertThat(version.evaluation().classes().get(0).recallInterval())
        .isEqualTo(Interval.UNDEFINED);
    assertThat(back.test()).isEmpty();
    assertThat(JsonSchemas.load("version-published").errors(VersionEvent.json(version))).isEmpty();
  }

  @Test
  void anOwnersStartIsPassedOverByThoseWhoLookForVersions() throws IOException {
    byte[] event = Files.readAllBytes(Compat.FOLDER.resolve("trainer-started/0.1.json"));
    assertThat(new JsonFormat().deserialize(event).getType()).isEqualTo(TrainerStarted.TYPE);
    String json = Json.MAPPER.readTree(event).toString();
    assertThat(VersionEvent.ifPublished(json)).isEmpty();
    assertThat(RolledBack.ifRolledBack(json)).isEmpty();
  }

  @Test
  void commandsAreRead() throws IOException {
    for (Path file : Compat.files("control-command")) {
      String name = file.getFileName().toString().replace("-0.1.json", "");
      assertThat(Command.parse(Files.readAllBytes(file)).name()).isEqualTo(name);
    }
  }

  @Test
  void examplesAreRead() throws IOException {
    for (Path file : Compat.files("example")) {
      assertThat(
              new ExampleDecoder(100, "source", Labels.TASK)
                  .decode(Examples.record("examples", 0, Files.readString(file))))
          .isInstanceOf(Decoded.Accepted.class);
    }
  }

  @Test
  void fieldsOfALaterReleaseAreIgnoredWhereverTheyAre() throws IOException {
    // Given
    String event = Files.readString(Compat.FOLDER.resolve("version-published/0.1.json"));
    JsonNode later = Json.MAPPER.readTree(event);
    for (String place :
        List.of(
            "",
            "/data",
            "/data/evaluation",
            "/data/evaluation/quality",
            "/data/evaluation/quality/bootstrap",
            "/data/evaluation/classes/0",
            "/data/provenance",
            "/data/provenance/replayed",
            "/data/files/0")) {
      ((ObjectNode) later.at(place)).putObject("later").put("field", 1);
    }
    ObjectNode back =
        (ObjectNode)
            Json.MAPPER.readTree(Compat.FOLDER.resolve("version-rolledback/0.1.json").toFile());
    RolledBack read = RolledBack.ifRolledBack(back.toString()).orElseThrow();
    ((ObjectNode) back.get("data")).put("later", "field");

    // Then neither readers nor schemas mind
    assertThat(VersionEvent.parse(later.toString())).isEqualTo(VersionEvent.parse(event));
    assertThat(JsonSchemas.load("version-published").errors(later.toString())).isEmpty();
    assertThat(RolledBack.ifRolledBack(back.toString())).contains(read);
    assertThat(JsonSchemas.load("version-rolledback").errors(back.toString())).isEmpty();
  }
}
