package io.millrace.web.problem;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.storage.Json;
import io.millrace.testing.CapturedLog;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.security.ForbiddenException;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What fails on its way through a router, on a real server. */
class RouterProblemsTest {

  private final Vertx vertx = Vertx.vertx();
  private HttpServer server;

  @BeforeEach
  void start() {
    Router router = Router.router(vertx);
    new RouterProblems(new MemorySize(BigInteger.TEN)).answer(router);
    router
        .get("/failed")
        .handler(
            context -> {
              throw new IllegalStateException("my secret");
            });
    router.get("/forbidden").handler(context -> context.fail(new ForbiddenException()));
    router.get("/busy").handler(context -> context.fail(new RejectedExecutionException()));
    router.get("/gone").handler(context -> context.fail(410));
    router.get("/away").handler(context -> context.fail(502));
    server =
        vertx
            .createHttpServer()
            .requestHandler(router)
            .listen(0, "localhost")
            .toCompletionStage()
            .toCompletableFuture()
            .join();
  }

  @AfterEach
  void stop() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void aFailureIsAProblemWhoseIdLeadsToTheLog() throws Exception {
    try (CapturedLog log = CapturedLog.of(ProblemMappers.class)) {
      // When
      JsonNode problem = problem("/failed", 500);

      // Then
      String detail = problem.get("detail").asText();
      assertThat(detail)
          .startsWith("The service failed; its log has the cause under ")
          .doesNotContain("secret");
      String id = detail.substring(detail.lastIndexOf(' ') + 1);
      assertThat(log.lines()).containsExactly("ERROR Request failed (" + id + ")");
    }
  }

  @Test
  void aRefusalIsAProblemOfItsStatus() throws Exception {
    problem("/forbidden", 403);
    problem("/busy", 503);
    problem("/gone", 410);
    problem("/away", 502);
  }

  private JsonNode problem(String path, int status) throws Exception {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create("http://localhost:" + server.actualPort() + path))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("content-type")).contains(Problem.MEDIA_TYPE);
    JsonNode problem = Json.MAPPER.readTree(answer.body());
    assertThat(problem.get("status").asInt()).isEqualTo(status);
    assertThat(problem.get("title").asText()).isNotBlank();
    return problem;
  }
}
