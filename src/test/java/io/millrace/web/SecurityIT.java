package io.millrace.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.testing.Jwt;
import io.millrace.testing.Service;
import io.millrace.testing.TestBroker;
import io.millrace.testing.TinyVersion;
import io.millrace.version.FolderVersionStore;
import io.millrace.version.VersionEvent;
import io.millrace.web.security.Roles;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Who may do what, on the packaged service as an operator starts it: a replica with one version.
 */
class SecurityIT {

  private static final Path LOG = Path.of("target", "security-it.log");
  private static final String DOWNLOAD_KEY = "may-download-and-no-more";
  private static final String ISSUER = "https://identity.example";
  private static final String CONTROL = "/api/v1/control";
  private static final String FILE = "/api/v1/versions/1/files/config.json";
  private static final String PAUSE = "{\"command\": \"pause\"}";

  @TempDir private static Path folder;
  private static KeyPair provider;
  private static String versions;
  private static Service service;

  @BeforeAll
  static void start() throws IOException, GeneralSecurityException {
    provider = Jwt.rsa();
    Files.writeString(
        folder.resolve("provider.pem"),
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder().encodeToString(provider.getPublic().getEncoded())
            + "\n-----END PUBLIC KEY-----\n");
    versions = TestBroker.topic("versions", 1);
    FolderVersionStore trainer = new FolderVersionStore(folder.resolve("trainer"));
    try (Producer<byte[], byte[]> producer = TestBroker.producer()) {
      TestBroker.send(
          producer,
          new ProducerRecord<>(
              versions,
              "default".getBytes(UTF_8),
              VersionEvent.json(TinyVersion.publish(trainer)).getBytes(UTF_8)));
    }
    service = Service.start(settings(Map.of()), LOG);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> service.get("/api/v1/status").hasNonNull("servedVersion"));
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  @Test
  void withoutACredentialOneMayReadAndPredictButNeitherChangeNorDownload() throws Exception {
    assertThat(get("/api/v1/status", null).statusCode()).isEqualTo(200);
    assertThat(get("/api/v1/versions/1", null).statusCode()).isEqualTo(200);
    assertThat(post("/api/v1/predict", "{\"text\": \"w7\"}", null).statusCode()).isEqualTo(200);
    refused(post(CONTROL, PAUSE, null), 401);
    refused(get(FILE, null), 401);
    assertThat(get(FILE, null).headers().firstValue("WWW-Authenticate")).contains("Bearer");
  }

  @Test
  void aWrongKeyIsNone() throws Exception {
    refused(post(CONTROL, PAUSE, "wrong-key-wrong-key-wrong"), 401);
    refused(get(FILE, Service.ADMIN_KEY + "x"), 401);
    refused(get(FILE, Service.ADMIN_KEY.substring(1)), 401);
  }

  @Test
  void aDownloadKeyDownloadsAndChangesNothing() throws Exception {
    assertThat(get(FILE, DOWNLOAD_KEY).statusCode()).isEqualTo(200);
    refused(post(CONTROL, PAUSE, DOWNLOAD_KEY), 403);
  }

  @Test
  void whatACredentialAllowsIsToldBeforeItIsTried() throws Exception {
    assertThat(get("/api/v1/access", null).body())
        .isEqualTo(
            "{\"control\":false,\"download\":false,\"known\":false,"
                + "\"controlProblem\":\"It needs an administrator's key\"}");
    assertThat(get("/api/v1/access", DOWNLOAD_KEY).body())
        .contains("\"control\":false,\"download\":true,\"known\":true");
    assertThat(get("/api/v1/access", Service.ADMIN_KEY).body())
        .contains("\"control\":true,\"download\":true,\"known\":true");
  }

  @Test
  void anAdministratorsKeyDoesBoth() throws Exception {
    assertThat(get(FILE, Service.ADMIN_KEY).statusCode()).isEqualTo(200);
    reached(post(CONTROL, PAUSE, Service.ADMIN_KEY));
  }

  @Test
  void aTokenOfTheIdentityProviderCountsByItsGroupsWhileItHolds() throws Exception {
    Instant later = Instant.now().plusSeconds(600);
    assertThat(get(FILE, token(ISSUER, Roles.DOWNLOAD, later)).statusCode()).isEqualTo(200);
    refused(post(CONTROL, PAUSE, token(ISSUER, Roles.DOWNLOAD, later)), 403);
    reached(post(CONTROL, PAUSE, token(ISSUER, Roles.ADMIN, later)));
    refused(get(FILE, token(ISSUER, "others", later)), 403);
    refused(get(FILE, token("https://another.example", Roles.ADMIN, later)), 401);
    refused(get(FILE, token(ISSUER, Roles.ADMIN, Instant.now().minusSeconds(3600))), 401);
  }

  @Test
  void noKeyIsInTheLogOrInAnyAnswer() throws Exception {
    refused(get(FILE, "do-not-show-me-to-anybody"), 401);

    assertThat(service.log())
        .doesNotContain(Service.ADMIN_KEY, DOWNLOAD_KEY, "do-not-show-me-to-anybody");
    assertThat(get("/api/v1/status", null).body() + get("/q/metrics", null).body())
        .doesNotContain(Service.ADMIN_KEY, DOWNLOAD_KEY);
  }

  @Test
  void readsCanBeClosedTooButForHealthAndThePage() throws Exception {
    try (Service closed =
        Service.start(
            settings(
                Map.of(
                    "millrace.security.closed-reads",
                    "true",
                    "millrace.store",
                    folder.resolve("closed").toString())),
            LOG)) {
      for (String path : List.of("/api/v1/status", "/api/v1/versions", "/q/metrics")) {
        assertThat(send(closed, path, null).statusCode()).as(path).isEqualTo(401);
        assertThat(send(closed, path, DOWNLOAD_KEY).statusCode()).as(path).isEqualTo(200);
      }
      for (String path : List.of("/", "/app.js", "/q/health/live")) {
        assertThat(send(closed, path, null).statusCode()).as(path).isEqualTo(200);
      }
    }
  }

  @Test
  void whoAsksTooOftenOrGuessesIsToldWhenToComeBack() throws Exception {
    try (Service strict =
        Service.start(
            settings(
                Map.of(
                    "millrace.limits.requests-per-second", "20",
                    "millrace.limits.wrong-credentials-per-minute", "3",
                    "millrace.limits.commands-per-minute", "2",
                    "millrace.store", folder.resolve("strict").toString())),
            LOG)) {
      // Commands
      for (int i = 0; i < 2; i++) {
        assertThat(strict.post(CONTROL, PAUSE).get("status").asInt()).isEqualTo(503);
      }
      assertThat(strict.post(CONTROL, PAUSE).get("status").asInt()).isEqualTo(429);

      // Guesses
      for (int i = 0; i < 3; i++) {
        refused(send(strict, FILE, "one-of-many-guesses-" + i), 401);
      }
      HttpResponse<String> unheard = send(strict, FILE, Service.ADMIN_KEY);
      refused(unheard, 429);
      assertThat(unheard.headers().firstValueAsLong("Retry-After")).isPresent();
      assertThat(send(strict, "/api/v1/status", null).statusCode()).isEqualTo(200);

      // Requests, but for health
      HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
      HttpRequest status = request(strict, "/api/v1/status", null).build();
      List<CompletableFuture<HttpResponse<String>>> flood =
          Stream.generate(() -> client.sendAsync(status, HttpResponse.BodyHandlers.ofString()))
              .limit(100)
              .toList();
      assertThat(flood.stream().map(answer -> answer.join().statusCode()).distinct())
          .containsExactlyInAnyOrder(200, 429);
      assertThat(send(strict, "/q/health/live", null).statusCode()).isEqualTo(200);
    }
  }

  private static Map<String, String> settings(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>();
    settings.put("millrace.role", "serve");
    settings.put("kafka.bootstrap.servers", TestBroker.address());
    settings.put("millrace.topics.versions", versions);
    settings.put("millrace.store", folder.resolve("replica").toString());
    settings.put("millrace.device", "cpu");
    settings.put("millrace.security.download-keys", DOWNLOAD_KEY);
    settings.put("mp.jwt.verify.publickey.location", folder.resolve("provider.pem").toString());
    settings.put("mp.jwt.verify.issuer", ISSUER);
    settings.putAll(more);
    return settings;
  }

  private static void refused(HttpResponse<String> response, int status) throws IOException {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
    JsonNode problem = new ObjectMapper().readTree(response.body());
    assertThat(problem.get("status").asInt()).isEqualTo(status);
    assertThat(problem.get("detail").asText()).isNotBlank();
    assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
  }

  /** It was let through, to an instance that has nothing to pause. */
  private static void reached(HttpResponse<String> response) throws IOException {
    refused(response, 503);
    assertThat(response.body()).contains("a replica");
  }

  private static HttpResponse<String> get(String path, String credential) throws Exception {
    return send(service, path, credential);
  }

  private static HttpResponse<String> send(Service to, String path, String credential)
      throws Exception {
    return HttpClient.newHttpClient()
        .send(request(to, path, credential).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpResponse<String> post(String path, String body, String credential)
      throws Exception {
    return HttpClient.newHttpClient()
        .send(
            request(service, path, credential)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private static HttpRequest.Builder request(Service to, String path, String credential) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(to.url(path)));
    return credential == null ? request : request.header("Authorization", "Bearer " + credential);
  }

  private static String token(String issuer, String group, Instant expires)
      throws GeneralSecurityException {
    return new Jwt(issuer, expires).with("groups", List.of(group)).rs256(provider.getPrivate());
  }
}
