package io.millrace.web;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.storage.Json;
import io.millrace.testing.IdentityProvider;
import io.millrace.testing.Jwt;
import io.millrace.testing.Service;
import io.millrace.testing.TestBroker;
import io.millrace.web.security.Roles;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tokens of an identity provider as how-to/security.md has them set up for Keycloak, checked with
 * the keys that it tells by HTTP: which ones the packaged service takes.
 */
class IdentityProviderIT {

  private static final Path LOG = Path.of("target", "identity-it.log");
  private static final String AUDIENCE = "millrace";
  private static final int DONE = 503; // let through to an instance that has nothing to pause

  /** jose4j's HttpsJwks does not read keys again that it got less than 300 ms ago. */
  private static final Duration JUST_READ = Duration.ofSeconds(1);

  @TempDir private static Path folder;
  private static IdentityProvider provider;
  private static Service service;
  private static int whileAway;

  @BeforeAll
  static void startBeforeTheProviderDoes() throws Exception {
    provider = new IdentityProvider("first");
    service =
        start(
            Map.of(
                "mp.jwt.verify.publickey.location",
                provider.address(),
                "mp.jwt.verify.issuer",
                IdentityProvider.ISSUER,
                "mp.jwt.verify.audiences",
                AUDIENCE,
                "smallrye.jwt.path.groups",
                "realm_access/roles"));
    whileAway = pause(service, signed(token()));
    provider.start();
  }

  @AfterAll
  static void stop() {
    service.close();
    provider.close();
  }

  @Test
  void aProviderThatWasAwayIsAskedAgain() throws Exception {
    assertThat(whileAway).isEqualTo(401);
    assertThat(pause(service, signed(token()))).isEqualTo(DONE);
  }

  @Test
  void rolesOfTheProvidersClaimCount() throws Exception {
    assertThat(pause(service, signed(roles(token(), Roles.DOWNLOAD)))).isEqualTo(403);
    assertThat(pause(service, signed(token().with("realm_access", Map.of())))).isEqualTo(403);
    assertThat(pause(service, signed(roles(token(), "other").with("groups", List.of(Roles.ADMIN)))))
        .isEqualTo(403);
  }

  @Test
  void aForgedTokenIsNone() throws Exception {
    KeyPair another = Jwt.rsa();
    byte[] shown = provider.key().getPublic().getEncoded();
    String pem =
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(shown)
            + "\n-----END PUBLIC KEY-----\n";
    String right = signed(token());
    String claims = right.split("\\.", -1)[1];
    String other = signed(roles(token(), Roles.DOWNLOAD)).split("\\.", -1)[1];
    for (Map.Entry<String, String> forged :
        Map.of(
                "another key", token().kid(provider.kid()).rs256(another.getPrivate()),
                "no signature", token().unsigned(),
                "the public key as a secret", token().kid(provider.kid()).hs256(shown),
                "its text as a secret", token().kid(provider.kid()).hs256(pem.getBytes(US_ASCII)),
                "other claims", right.replace(claims, other),
                "no token", "a.b.c")
            .entrySet()) {
      assertThat(pause(service, forged.getValue())).as(forged.getKey()).isEqualTo(401);
    }
  }

  @Test
  void aTokenForOthersOrOfAnotherTimeIsNone() throws Exception {
    for (Jwt token :
        List.of(
            roles(new Jwt(IdentityProvider.ISSUER, Instant.now().minusSeconds(3600)), Roles.ADMIN)
                .with("aud", AUDIENCE),
            token().with("nbf", later().getEpochSecond()),
            token().with("aud", "another-service"),
            roles(new Jwt(IdentityProvider.ISSUER, later()), Roles.ADMIN), // for nobody
            token().with("iss", "https://identity.example/realms/others"))) {
      assertThat(pause(service, signed(token))).isEqualTo(401);
    }
    assertThat(pause(service, signed(token().with("aud", List.of("account", AUDIENCE)))))
        .isEqualTo(DONE);
  }

  @Test
  void afterARotationTheNewKeyCountsAndTheOldOneNoLonger() throws Exception {
    // Given
    String old = signed(token());
    assertThat(pause(service, old)).isEqualTo(DONE);
    await("keys no longer just read").until(() -> provider.unasked().compareTo(JUST_READ) > 0);

    // When
    provider.rotate("second");

    // Then
    assertThat(pause(service, signed(token()))).isEqualTo(DONE);
    assertThat(pause(service, old)).isEqualTo(401);
  }

  @Test
  void whereNoProviderIsSetNoTokenCounts() throws Exception {
    try (Service alone = start(Map.of())) {
      assertThat(pause(alone, signed(token()))).isEqualTo(401);
      assertThat(pause(alone, token().unsigned())).isEqualTo(401);
      assertThat(pause(alone, Service.ADMIN_KEY)).isEqualTo(DONE);
    }
  }

  private static Instant later() {
    return Instant.now().plusSeconds(3600);
  }

  private static Jwt token() {
    return roles(new Jwt(IdentityProvider.ISSUER, later()).with("aud", AUDIENCE), Roles.ADMIN);
  }

  private static Jwt roles(Jwt token, String role) {
    return token.with("realm_access", Map.of("roles", List.of("offline_access", role)));
  }

  private static String signed(Jwt token) throws Exception {
    return token.kid(provider.kid()).rs256(provider.key().getPrivate());
  }

  private static Service start(Map<String, String> more) throws IOException {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("millrace.role", "serve");
    settings.put("kafka.bootstrap.servers", TestBroker.address());
    settings.put("millrace.topics.versions", TestBroker.topic("versions", 1));
    settings.put("millrace.store", folder.resolve("store-" + more.size()).toString());
    settings.put("millrace.device", "cpu");
    settings.put("millrace.limits.wrong-credentials-per-minute", "0");
    Service started = Service.launch(settings, LOG);
    await("the service, see " + LOG)
        .atMost(Duration.ofMinutes(2))
        .ignoreExceptions()
        .until(() -> started.get("/q/health/live").get("status").asText().equals("UP"));
    return started;
  }

  /** The status of a command with this credential; a refusal is a problem. */
  private static int pause(Service to, String credential) throws Exception {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(to.url("/api/v1/control")))
                    .header("Authorization", "Bearer " + credential)
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString("{\"command\": \"pause\"}"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(Json.MAPPER.readTree(answer.body()).path("status").asInt())
        .as(answer.body())
        .isEqualTo(answer.statusCode());
    return answer.statusCode();
  }
}
