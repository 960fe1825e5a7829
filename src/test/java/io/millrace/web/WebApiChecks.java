package io.millrace.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.storage.Json;
import io.millrace.testing.Service;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * What the REST interface of a running service must do. Each check takes the service's address, as
 * {@code http://localhost:8080}, so it holds for the application in a test and for the packaged
 * one.
 */
public final class WebApiChecks {

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private WebApiChecks() {}

  /** Before the first version: 503 with a reason; everything else answers. */
  public static void withoutAVersion(String base) {
    problem(post(base, "/api/v1/predict", "{\"text\": \"hello\"}"), 503);
    assertThat(json(get(base, "/api/v1/versions"))).isEmpty();
    problem(get(base, "/api/v1/versions/1"), 404);
    problem(get(base, "/api/v1/versions/1/files/config.json"), 404);
    pageAndTools(base);
    refusals(base);
  }

  /** What is answered is what the API's own description says. */
  public static void documented(String base, long version) {
    OpenApiChecks.documented(base, version);
  }

  /** The page, its libraries, the API's description, health and meters. */
  public static void pageAndTools(String base) {
    HttpResponse<String> page = get(base, "/");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(header(page, "Content-Type")).startsWith("text/html");
    assertThat(header(page, "Content-Security-Policy"))
        .startsWith("default-src 'self'")
        .doesNotContain("unsafe");
    assertThat(header(page, "X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(header(page, "Referrer-Policy")).isEqualTo("no-referrer");
    assertThat(page.body()).doesNotContain("http://").doesNotContain("https://");
    for (String path :
        List.of(
            "/app.js",
            "/app/charts.js",
            "/style.css",
            "/favicon.svg",
            "/webjars/uplot/1.6.30/dist/uPlot.esm.js",
            "/webjars/uplot/1.6.30/dist/uPlot.min.css",
            "/q/swagger-ui/",
            "/q/health/live")) {
      assertThat(get(base, path).statusCode()).as(path).isEqualTo(200);
    }
    assertThat(get(base, "/q/openapi").body()).contains("title: Millrace", "/api/v1/predict:");
    assertThat(get(base, "/q/metrics").body())
        .contains("millrace_examples_trained_total", "millrace_training_wait_seconds_total");
  }

  /** The status names its model; undefined numbers are null, never NaN. */
  public static JsonNode status(String base) {
    HttpResponse<String> response = get(base, "/api/v1/status");
    assertThat(response.body()).doesNotContain("NaN");
    JsonNode status = json(response);
    assertThat(status.path("training").path("model").asText()).isNotBlank();
    assertThat(status.has("servedVersion")).isTrue();
    return status;
  }

  /** After training: curves in the order of their steps; a step may be evaluated twice. */
  public static void history(String base) {
    JsonNode history = json(get(base, "/api/v1/metrics/history"));
    for (String curve : List.of("steps", "evaluations")) {
      boolean once = curve.equals("steps");
      long before = -1;
      assertThat(history.path(curve)).as(curve).isNotEmpty();
      for (JsonNode point : history.path(curve)) {
        assertThat(point.path("step").asLong()).isGreaterThanOrEqualTo(once ? before + 1 : before);
        before = point.path("step").asLong();
        assertThat(point.has("loss")).isTrue();
      }
    }
  }

  /** Requests that break a rule get a problem that names it and repeats no text. */
  public static void refusals(String base) {
    String secret = "xylophone-secret";
    for (String body :
        List.of(
            "{\"text\": [\"" + secret + "\"]}",
            "{\"text\": " + secret + "}",
            "{\"text\": \"" + secret,
            "{\"inputs\": {\"text\": \"" + secret + "\"}}",
            "{\"inputs\": [\"" + secret + "\"]}",
            "{\"inputs\": [{\"text_pair\": \"" + secret + "\"}]}",
            "{\"text\": \"" + secret.repeat(2000) + "\"}",
            "[\"" + secret + "\"]",
            "{}",
            "")) {
      HttpResponse<String> refused = post(base, "/api/v1/predict", body);
      problem(refused, 400);
      assertThat(refused.body()).doesNotContain(secret);
    }
    for (String body : List.of("", "null", "{}", "[]", "{\"command\": \"" + secret + "\"}")) {
      HttpResponse<String> refused = post(base, "/api/v1/control", body);
      problem(refused, 400);
      assertThat(refused.body()).doesNotContain(secret);
    }
    problem(send(request(base, "/api/v1/status").header("Accept", "image/png").GET()), 406);
    HttpResponse<String> plain =
        send(
            request(base, "/api/v1/predict")
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString(secret)));
    problem(plain, 415);
    HttpResponse<String> notAllowed = get(base, "/api/v1/predict");
    problem(notAllowed, 405);
    assertThat(header(notAllowed, "Allow")).isEqualTo("OPTIONS, POST");
    problem(get(base, "/api/v1/nothing"), 404);
    problem(get(base, "/api/v1/versions/999999"), 404);
    problem(get(base, "/api/v1/versions/one"), 404);
  }

  /** With a version: one and several inputs, all answered by it. */
  public static void predictions(String base, long version) {
    JsonNode one = json(post(base, "/api/v1/predict", "{\"text\": \"Free money, click now\"}"));
    assertThat(one.path("version").asLong()).isEqualTo(version);
    JsonNode answer = one.path("predictions").path(0);
    double sum = 0;
    for (JsonNode probability : answer.path("probabilities")) {
      sum += probability.asDouble();
    }
    assertThat(sum).isBetween(0.999, 1.001);
    assertThat(answer.path("probabilities").path(answer.path("label").asText()))
        .isEqualTo(answer.path("probability"));

    JsonNode several =
        json(
            post(
                base,
                "/api/v1/predict",
                "{\"inputs\": [{\"text\": \"Free money, click now\"},"
                    + " {\"text\": \"a\", \"text_pair\": \"b\"}]}"));
    assertThat(several.path("predictions")).hasSize(2);
    assertThat(several.path("predictions").path(0).path("label")).isEqualTo(answer.path("label"));
    mostProbable(base, answer);
    versionsByHeader(base, version);
  }

  /** With {@code top_k}: the most probable labels only, as they are without. */
  private static void mostProbable(String base, JsonNode all) {
    String text = "{\"text\": \"Free money, click now\", \"top_k\": %s}";
    JsonNode first =
        json(post(base, "/api/v1/predict", text.formatted(1))).path("predictions").path(0);
    assertThat(first.path("label")).isEqualTo(all.path("label"));
    assertThat(first.path("probabilities")).hasSize(1);
    assertThat(first.path("probabilities").path(all.path("label").asText()).asDouble())
        .isCloseTo(all.path("probability").asDouble(), within(1e-6)); // batches may differ
    JsonNode many =
        json(post(base, "/api/v1/predict", text.formatted(100))).path("predictions").path(0);
    assertThat(many.path("probabilities")).hasSameSizeAs(all.path("probabilities"));
    problem(post(base, "/api/v1/predict", text.formatted(0)), 400);
    problem(post(base, "/api/v1/predict", text.formatted("\"two\"")), 400);
  }

  /** The header asks for a version and the answer's says which it was. */
  private static void versionsByHeader(String base, long version) {
    for (String asked : List.of("current", Long.toString(version))) {
      HttpResponse<String> answer = predict(base, "Millrace-Version", asked);
      assertThat(answer.statusCode()).as(asked).isEqualTo(200);
      assertThat(header(answer, "Millrace-Version")).isEqualTo(Long.toString(version));
    }
    problem(predict(base, "Millrace-Version", "999999"), 404);
    problem(predict(base, "Millrace-Version", "pinned"), 404);
    problem(predict(base, "Millrace-Version", "newest"), 400);
    HttpResponse<String> canary = predict(base, "Millrace-Canary-Key", "customer 17");
    assertThat(header(canary, "Millrace-Version")).isEqualTo(Long.toString(version));
  }

  private static HttpResponse<String> predict(String base, String header, String value) {
    return send(
        request(base, "/api/v1/predict")
            .header("Content-Type", "application/json")
            .header(header, value)
            .POST(HttpRequest.BodyPublishers.ofString("{\"text\": \"hello\"}")));
  }

  /** With no version but that one: the header that chooses among those that are loaded. */
  public static void choices(String base, long version) {
    for (String choice : List.of("current", Long.toString(version))) {
      HttpResponse<String> answer = choose(base, choice);
      assertThat(json(answer).path("version").asLong()).isEqualTo(version);
      assertThat(header(answer, "Millrace-Version")).isEqualTo(Long.toString(version));
    }
    for (String choice : List.of("999999", "-1", "previous", "pinned")) {
      problem(choose(base, choice), 404);
    }
    for (String choice : List.of("newest", "1.0", "99999999999999999999")) {
      HttpResponse<String> refused = choose(base, choice);
      problem(refused, 400);
      assertThat(refused.body()).contains("The header Millrace-Version: ");
    }
  }

  private static HttpResponse<String> choose(String base, String version) {
    return send(
        request(base, "/api/v1/predict")
            .header("Content-Type", "application/json")
            .header("Millrace-Version", version)
            .POST(HttpRequest.BodyPublishers.ofString("{\"text\": \"w7\"}")));
  }

  /** A trained example names its versions, an unknown one where it was looked for. */
  public static void examples(String base, String id) {
    JsonNode found = json(get(base, "/api/v1/examples/" + id));
    assertThat(found.path("records").path(0).path("outcome").asText()).isEqualTo("TRAINED");
    assertThat(found.path("records").path(0).path("versions").path(0).asLong()).isEqualTo(1);
    assertThat(found.path("searched")).isNotEmpty();
    problem(get(base, "/api/v1/examples/no/such"), 404);
  }

  /** The list is newest first, and each file of a version can be fetched, whole or in part. */
  public static void versionsAndFiles(String base, long version) {
    long above = Long.MAX_VALUE;
    for (JsonNode listed : json(get(base, "/api/v1/versions"))) {
      assertThat(listed.path("version").asLong()).isLessThan(above);
      above = listed.path("version").asLong();
    }
    JsonNode described = json(get(base, "/api/v1/versions/" + version));
    Set<String> names = new HashSet<>();
    for (JsonNode file : described.path("files")) {
      names.add(file.path("name").asText());
      file(base, version, file);
    }
    assertThat(names).contains("config.json", "model.safetensors", "tokenizer.json");
    escapes(base, version);
  }

  private static void file(String base, long version, JsonNode file) {
    String path = "/api/v1/versions/" + version + "/files/" + file.path("name").asText();
    String tag = '"' + file.path("sha256").asText() + '"';
    long size = file.path("size").asLong();
    HttpResponse<byte[]> whole = bytes(request(base, path).GET());
    assertThat(whole.statusCode()).isEqualTo(200);
    assertThat(whole.body()).hasSize((int) size);
    assertThat(sha256(whole.body())).isEqualTo(file.path("sha256").asText());
    assertThat(header(whole, "ETag")).isEqualTo(tag);
    assertThat(header(whole, "Accept-Ranges")).isEqualTo("bytes");

    HttpResponse<byte[]> head =
        bytes(request(base, path).method("HEAD", HttpRequest.BodyPublishers.noBody()));
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(header(head, "Content-Length")).isEqualTo(Long.toString(size));
    assertThat(header(head, "ETag")).isEqualTo(tag);

    HttpResponse<byte[]> part = bytes(request(base, path).header("Range", "bytes=3-9").GET());
    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(part.body()).isEqualTo(Arrays.copyOfRange(whole.body(), 3, 10));
    assertThat(header(part, "Content-Range")).isEqualTo("bytes 3-9/" + size);
    HttpResponse<byte[]> end = bytes(request(base, path).header("Range", "bytes=-4").GET());
    assertThat(end.body()).isEqualTo(Arrays.copyOfRange(whole.body(), (int) size - 4, (int) size));

    HttpResponse<byte[]> behind =
        bytes(request(base, path).header("Range", "bytes=" + size + "-").GET());
    assertThat(behind.statusCode()).isEqualTo(416);
    assertThat(header(behind, "Content-Range")).isEqualTo("bytes */" + size);
    assertThat(bytes(request(base, path).header("If-None-Match", tag).GET()).statusCode())
        .isEqualTo(304);
    assertThat(
            bytes(
                    request(base, path)
                        .header("If-Range", "\"other\"")
                        .header("Range", "bytes=3-9")
                        .GET())
                .statusCode())
        .isEqualTo(200);
  }

  private static void escapes(String base, long version) {
    String files = "/api/v1/versions/" + version + "/files/";
    for (String name :
        List.of(
            "..%2F" + version + ".json",
            "%2e%2e%2f" + version + ".json",
            "..%2F" + version + "%2Fconfig.json",
            "..%2F..%2F..%2Fetc%2Fpasswd",
            "%2Fetc%2Fpasswd",
            "..%5C" + version + ".json",
            ".", // ".." alone is the version's own address (RFC 3986, 5.2.4)
            "config.json%00")) {
      HttpResponse<String> refused = get(base, files + name);
      assertThat(refused.statusCode()).as(name).isIn(400, 404);
      assertThat(refused.body()).doesNotContain("createdAt");
    }
  }

  /** While training runs: status at once and again, steps as they are made. */
  public static void events(String base) throws IOException {
    HttpRequest request =
        request(base, "/api/v1/events").header("Accept", "text/event-stream").GET().build();
    HttpResponse<InputStream> response =
        HTTP.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream()).join();
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(header(response, "Content-Type")).startsWith("text/event-stream");
    assertThat(header(response, "X-Accel-Buffering")).isEqualTo("no");
    assertThat(header(response, "Cache-Control")).isEqualTo("no-store");
    Set<String> seen = new HashSet<>();
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      String name = "";
      while (!seen.containsAll(List.of("status", "step")) && System.nanoTime() < deadline) {
        String line = lines.readLine();
        assertThat(line).as("the stream stays open").isNotNull();
        if (line.startsWith("event:")) {
          name = line.substring("event:".length()).trim();
        } else if (line.startsWith("data:")) {
          seen.add(name);
          assertThat(Json.MAPPER.readTree(line.substring("data:".length())).isObject()).isTrue();
        }
      }
    }
    assertThat(seen).contains("status", "step");
  }

  private static void problem(HttpResponse<String> response, int status) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(header(response, "Content-Type")).startsWith("application/problem+json");
    JsonNode problem = parse(response.body());
    assertThat(problem.path("status").asInt()).isEqualTo(status);
    assertThat(problem.path("title").asText()).isNotBlank();
    assertThat(problem.path("detail").asText()).isNotBlank();
  }

  private static HttpResponse<String> get(String base, String path) {
    return send(request(base, path).GET());
  }

  private static HttpResponse<String> post(String base, String path, String body) {
    return send(
        request(base, path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private static HttpRequest.Builder request(String base, String path) {
    return HttpRequest.newBuilder(URI.create(base + path))
        .header("Authorization", "Bearer " + Service.ADMIN_KEY)
        .timeout(Duration.ofSeconds(60));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) {
    return HTTP.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString()).join();
  }

  private static HttpResponse<byte[]> bytes(HttpRequest.Builder request) {
    return HTTP.sendAsync(request.build(), HttpResponse.BodyHandlers.ofByteArray()).join();
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  private static JsonNode json(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return parse(response.body());
  }

  private static JsonNode parse(String body) {
    try {
      return Json.MAPPER.readTree(body);
    } catch (IOException e) {
      throw new AssertionError("no JSON: " + body, e);
    }
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
