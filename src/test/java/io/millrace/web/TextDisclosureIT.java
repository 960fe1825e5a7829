package io.millrace.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.testing.Service;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Texts of examples stay where they are: on their topics, and nowhere in what is told of them. */
class TextDisclosureIT {

  private static final Path LOG = Path.of("target", "text-disclosure-it.log");
  private static final String SECRET = "ask nobody about gr4nny";
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir private Path folder;
  private TinyRun run;
  private Service service;
  private final StringBuffer events = new StringBuffer();

  @BeforeEach
  void start() throws IOException {
    Files.deleteIfExists(LOG);
    run = new TinyRun(folder);
    service = Service.start(run.settings(Service.freePort()), LOG);
    follow();
  }

  @AfterEach
  void stop() {
    service.close();
  }

  @Test
  void noAnswerEventMetricOrLogLineHasTheTextOfAnExample() throws Exception {
    // Given texts that were trained on, refused and asked about
    run.heldOut(40);
    run.examples(256);
    for (int i = 0; i < 32; i++) {
      run.example("{\"id\": \"e%d\", \"text\": \"%s\", \"label\": \"low\"}".formatted(i, SECRET));
    }
    run.refused("{\"text\": \"" + SECRET + "\", \"label\": \"neither\"}");
    run.refused("{\"text\": \"good\", \"text_pair\": [\"" + SECRET + "\"], \"label\": \"low\"}");
    run.refused(SECRET + ", I am no JSON");
    await("training")
        .atMost(Duration.ofMinutes(1))
        .until(() -> service.get("/api/v1/dead-letters").get("recent").size() == 3);
    service.post("/api/v1/control", "{\"id\": \"e7\", \"command\": \"publish\"}");
    await("a version")
        .atMost(Duration.ofMinutes(1))
        .until(() -> service.get("/api/v1/status").hasNonNull("servedVersion"));
    await("the command's answer")
        .atMost(Duration.ofMinutes(1))
        .until(() -> get("/api/v1/control/e7").statusCode() == 200);
    List<String> told = new ArrayList<>();
    told.add(service.post("/api/v1/predict", "{\"text\": \"" + SECRET + "\"}").toString());
    told.add(service.post("/api/v1/predict", "{\"text\": [\"" + SECRET + "\"]}").toString());
    told.add(service.post("/api/v1/predict", "{\"text\": \"" + SECRET + "}").toString());

    // When everything is asked for that the interface describes
    JsonNode paths = service.get("/q/openapi?format=json").get("paths");
    assertThat(paths).hasSizeGreaterThan(12);
    for (Map.Entry<String, JsonNode> path : paths.properties()) {
      if (path.getValue().has("get") && !path.getKey().endsWith("/events")) {
        HttpResponse<String> answer = get(parameters(path.getKey()));
        assertThat(answer.statusCode()).as(path.getKey()).isEqualTo(200);
        told.add(answer.body());
      }
    }
    told.add(get("/q/metrics").body());
    told.add(get("/q/health").body());

    // Then none of it says what was in the texts
    assertThat(told).hasSizeGreaterThan(13).noneMatch(body -> body.contains("gr4nny"));
    await("events").until(() -> events.indexOf("evaluation") > 0 && events.indexOf("step") > 0);
    assertThat(events).doesNotContain("gr4nny");
    assertThat(service.log()).doesNotContain("gr4nny");
    for (String topic : List.of("metrics", "versions", "control")) {
      for (ConsumerRecord<byte[], byte[]> record : run.records(topic)) {
        assertThat(new String(record.value(), UTF_8)).doesNotContain("gr4nny");
      }
    }
  }

  private static String parameters(String path) {
    return path.replace("{version}", "1")
        .replace("{file}", "config.json")
        .replace("{name}", "example.schema.json")
        .replace("{id}", "e7");
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer = HTTP.send(request(path), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.headers().map())
        .as(path)
        .containsEntry("X-Content-Type-Options", List.of("nosniff"))
        .containsEntry("Referrer-Policy", List.of("no-referrer"))
        .containsEntry("X-Frame-Options", List.of("DENY"))
        .containsKey("Content-Security-Policy");
    return answer;
  }

  private HttpRequest request(String path) {
    return HttpRequest.newBuilder(URI.create(service.url(path)))
        .header("Authorization", "Bearer " + Service.ADMIN_KEY)
        .build();
  }

  /** Keeps what comes over the event stream, until the service ends. */
  private void follow() {
    Thread reader =
        new Thread(
            () -> {
              try (BufferedReader lines =
                  new BufferedReader(
                      new InputStreamReader(
                          HTTP.send(
                                  request("/api/v1/events"),
                                  HttpResponse.BodyHandlers.ofInputStream())
                              .body(),
                          UTF_8))) {
                lines.lines().forEach(events::append);
              } catch (IOException | UncheckedIOException e) {
                events.append("the end");
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "events-reader");
    reader.setDaemon(true);
    reader.start();
  }
}
