package io.millrace.serving.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import io.millrace.storage.Json;
import io.millrace.testing.Versions;
import io.millrace.version.FolderVersionStore;
import io.millrace.version.ModelVersion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a server that answers as the trainer does. */
class KnownVersionsTest {

  private static final String MODEL = "default";

  @TempDir private Path folder;

  private HttpServer server;
  private FolderVersionStore trainers;
  private String answer = "[]";

  @BeforeEach
  void start() throws IOException {
    trainers = new FolderVersionStore(folder);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/api/v1/versions",
        exchange -> {
          byte[] body = answer.getBytes(UTF_8);
          try (exchange) {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void theFolderIsAskedFirst() throws IOException {
    // Given
    write(1);
    write(2);
    answer = "no JSON";

    // Then
    assertThat(known(MODEL).upToCurrent())
        .extracting(ModelVersion::version)
        .containsExactly(1L, 2L);
  }

  @Test
  void whatWasRolledBackIsNotAmongTheServersVersionsUpToTheCurrentOne() throws IOException {
    // Given versions newest first, of which the newest was rolled back
    answer = listed(3, "ROLLED_BACK").add(one(2, "CURRENT")).add(one(1, "SUPERSEDED")).toString();

    // Then
    assertThat(known(MODEL).upToCurrent())
        .extracting(ModelVersion::version)
        .containsExactly(1L, 2L);
  }

  @Test
  void aTrainerWithoutVersionsHasNone() throws IOException {
    assertThat(known(MODEL).upToCurrent()).isEmpty();
    assertThat(new KnownVersions(MODEL, trainers, Optional.empty()).upToCurrent()).isEmpty();
  }

  @Test
  void theTrainerOfAnotherModelIsRefused() {
    // Given
    answer = listed(1, "CURRENT").toString();

    // Then
    assertThatThrownBy(() -> known("tickets").upToCurrent())
        .isInstanceOf(IOException.class)
        .hasMessage(
            "the versions cannot be read from %s: it has versions of model default, not of tickets"
                .formatted(url()));
  }

  @Test
  void anAnswerThatIsNoListIsNamed() {
    // Given
    answer = "<html>";

    // Then
    assertThatThrownBy(() -> known(MODEL).upToCurrent())
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("the versions cannot be read from " + url() + ": ");
  }

  private KnownVersions known(String model) {
    return new KnownVersions(
        model, trainers, Optional.of(new TrainerServer(url() + "/", Optional.empty())));
  }

  private void write(long number) throws IOException {
    ModelVersion version =
        trainers.add(
            number, Versions.TERM, aside -> {}, (aside, files) -> Versions.version(number));
    trainers.markAnnounced(version);
  }

  private static ArrayNode listed(long number, String standing) {
    return Json.MAPPER.createArrayNode().add(one(number, standing));
  }

  private static ObjectNode one(long number, String standing) {
    ObjectNode version = Json.MAPPER.valueToTree(Versions.version(number));
    return version.put("standing", standing).put("restorable", true);
  }

  private String url() {
    return "http://localhost:" + server.getAddress().getPort() + "/api/v1/versions";
  }
}
