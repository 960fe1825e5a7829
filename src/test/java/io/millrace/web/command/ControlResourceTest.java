package io.millrace.web.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.bucket4j.TimeMeter;
import io.millrace.control.CommandNotSentException;
import io.millrace.storage.Json;
import io.millrace.web.command.ControlResource.CommandProblem;
import io.millrace.web.command.ControlResource.ControlRequest;
import io.millrace.web.command.ControlResource.Sent;
import io.millrace.web.limits.LimitSettings;
import io.millrace.web.limits.RequestLimits;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.jwt.auth.principal.DefaultJWTCallerPrincipal;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.Test;

class ControlResourceTest {

  private static final Principal ON_CALL = new QuarkusPrincipal("on-call");

  private final List<byte[]> sent = new ArrayList<>();
  private CompletableFuture<Void> confirmed = CompletableFuture.completedFuture(null);

  @Test
  void aCommandThatTheBrokerHasIsAcceptedAndItsAnswerIsAtItsId() throws IOException {
    // When
    Response response = post(ON_CALL, Optional.of("shift-7"));

    // Then
    assertThat(response.getStatus()).isEqualTo(202);
    assertThat(response.getEntity()).isEqualTo(new Sent("shift-7"));
    assertThat(response.getLocation()).hasToString("/api/v1/control/shift-7");
    assertThat(command().path("command").asText()).isEqualTo("pause");
  }

  @Test
  void theRecordSaysWhichKeyOrWhichSubjectAsked() throws IOException {
    // Given
    JwtClaims claims = new JwtClaims();
    claims.setSubject("u-4711");
    claims.setClaim("upn", "ada@example.org");

    // When
    post(ON_CALL, Optional.empty());
    post(new DefaultJWTCallerPrincipal(claims), Optional.empty());

    // Then
    assertThat(sent)
        .extracting(record -> Json.MAPPER.readTree(record).path("by").asText())
        .containsExactly("on-call", "u-4711");
  }

  @Test
  void aCommandThatWasNotSentSaysSoAndWhy() {
    // Given
    confirmed =
        CompletableFuture.failedFuture(
            new CommandNotSentException("topic millrace.control does not take it", null));

    // When
    Response response = post(ON_CALL, Optional.of("shift-7"));

    // Then
    assertThat(response.getStatus()).isEqualTo(503);
    assertThat(problem(response).detail())
        .isEqualTo("The command was not sent: topic millrace.control does not take it");
    assertThat(problem(response).id()).isEqualTo("shift-7");
  }

  @Test
  void aCommandThatWasNotConfirmedHasAnUnknownOutcomeAndAnIdToAskBy() throws IOException {
    // Given
    confirmed = CompletableFuture.failedFuture(new TimeoutException("no answer in 8 s"));

    // When
    Response response = post(ON_CALL, Optional.empty());

    // Then
    assertThat(response.getStatus()).isEqualTo(504);
    assertThat(problem(response).detail()).contains("its outcome is unknown: ask by this id");
    assertThat(problem(response).id()).isEqualTo(command().path("id").asText()).isNotBlank();
    assertThat(response.getLocation())
        .hasToString("/api/v1/control/" + command().path("id").asText());
  }

  private Response post(Principal who, Optional<String> id) {
    return resource(who)
        .command(new ControlRequest(id, Optional.of("pause"), Optional.empty(), Optional.empty()))
        .await()
        .indefinitely();
  }

  private ControlResource resource(Principal who) {
    LimitSettings unlimited =
        new SmallRyeConfigBuilder()
            .withMapping(LimitSettings.class)
            .withDefaultValues(Map.of("millrace.limits.commands-per-minute", "0"))
            .build()
            .getConfigMapping(LimitSettings.class);
    return new ControlResource(
        command -> {
          sent.add(command);
          return confirmed;
        },
        new RequestLimits(unlimited, TimeMeter.SYSTEM_NANOTIME),
        QuarkusSecurityIdentity.builder().setPrincipal(who).build());
  }

  private JsonNode command() throws IOException {
    return Json.MAPPER.readTree(new String(sent.get(sent.size() - 1), UTF_8));
  }

  private static CommandProblem problem(Response response) {
    return (CommandProblem) response.getEntity();
  }
}
