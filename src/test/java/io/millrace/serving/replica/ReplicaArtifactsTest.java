package io.millrace.serving.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.millrace.serving.model.ServingSettings;
import io.millrace.storage.DurableFolder;
import io.millrace.testing.Versions;
import io.millrace.version.ArtifactFile;
import io.millrace.version.ArtifactSource;
import io.millrace.version.ModelVersion;
import io.millrace.version.VerifiedArtifacts;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a server that answers as the trainer does. */
class ReplicaArtifactsTest {

  private static final byte[] CONFIG = "{}".getBytes(UTF_8);
  private static final String KEY = "a-download-key-16";

  @TempDir private Path folder;

  private final AtomicInteger requests = new AtomicInteger();
  private HttpServer server;
  private List<ArtifactFile> files;

  @BeforeEach
  void start() throws IOException {
    Path config = Files.write(folder.resolve("config.json"), CONFIG);
    files = List.of(new ArtifactFile("config.json", 2, DurableFolder.sha256(config)));
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/api/v1/versions/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void aFolderThatIsNotHereIsFetchedFromTheTrainer() throws IOException {
    // When
    Path fetched = source(url(), KEY).fetch(version(7, "file:///not/there/7-4/"), folder);

    // Then
    assertThat(fetched.resolve("config.json")).hasBinaryContent(CONFIG);
    assertThat(requests).hasValue(1);
  }

  @Test
  void aFolderThatIsHereIsNotFetchedFromTheTrainer() throws IOException {
    // When
    Path fetched =
        source(url() + "/", KEY).fetch(version(7, folder.toUri().toString()), folder.resolve("to"));

    // Then
    assertThat(fetched.resolve("config.json")).hasBinaryContent(CONFIG);
    assertThat(requests).hasValue(0);
  }

  @Test
  void anAnswerThatIsNoFileIsNamedAndOneOfOtherContentRefused() {
    assertThatThrownBy(
            () -> source(url(), "a-wrong-key-16-ch").fetch(version(7, "file:///no/7-4"), folder))
        .isInstanceOf(IOException.class)
        .hasMessage(url() + "/7/files/config.json cannot be fetched: the server answers 401");
    assertThatThrownBy(() -> source(url(), KEY).fetch(version(8, "file:///no/8-4"), folder))
        .hasMessageContaining("/8/files/config.json cannot be fetched: ")
        .hasMessageContaining("config.json is damaged: expected 2 bytes, found 3");
  }

  @Test
  void withoutAnAddressTheAnnouncedPlaceIsTheOnlyOne() {
    ArtifactSource announced = new VerifiedArtifacts(Map.of());

    assertThat(ReplicaArtifacts.of(announced, settings(Map.of()))).isSameAs(announced);
  }

  private static ArtifactSource source(String url, String key) {
    return ReplicaArtifacts.of(
        new VerifiedArtifacts(Map.of()),
        settings(
            Map.of("millrace.serving.artifacts-url", url, "millrace.serving.download-key", key)));
  }

  private static ServingSettings settings(Map<String, String> values) {
    return new SmallRyeConfigBuilder()
        .withMapping(ServingSettings.class)
        .withDefaultValues(values)
        .build()
        .getConfigMapping(ServingSettings.class);
  }

  private String url() {
    return "http://localhost:" + server.getAddress().getPort() + "/api/v1/versions";
  }

  private void answer(HttpExchange exchange) throws IOException {
    requests.incrementAndGet();
    boolean allowed =
        ("Bearer " + KEY).equals(exchange.getRequestHeaders().getFirst("Authorization"));
    byte[] body =
        exchange.getRequestURI().getPath().equals("/api/v1/versions/7/files/config.json")
            ? CONFIG
            : "[1]".getBytes(UTF_8);
    try (exchange) {
      exchange.sendResponseHeaders(allowed ? 200 : 401, allowed ? body.length : -1);
      if (allowed) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  private ModelVersion version(long number, String artifact) {
    return Versions.at(number, artifact, files);
  }
}
