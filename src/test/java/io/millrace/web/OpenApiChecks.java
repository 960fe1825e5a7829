package io.millrace.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.storage.Json;
import io.millrace.testing.JsonSchemas;
import io.millrace.testing.Service;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;

/** Whether what a running service answers is what its own description says. */
final class OpenApiChecks {

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final String base;
  private final JsonNode api;

  private OpenApiChecks(String base) {
    this.base = base;
    this.api = json(send("GET", "/q/openapi?format=json", null).body());
  }

  /**
   * Asks for everything that can be asked for without changing anything, and for what is not there.
   *
   * @param base as {@code http://localhost:8080}
   * @param version one that is kept
   */
  static void documented(String base, long version) {
    OpenApiChecks checks = new OpenApiChecks(base);
    checks.answers("/api/v1/status", "/api/v1/status");
    checks.answers("/api/v1/metrics/history", "/api/v1/metrics/history");
    checks.answers("/api/v1/dead-letters", "/api/v1/dead-letters");
    checks.answers("/api/v1/access", "/api/v1/access");
    checks.answers("/api/v1/versions", "/api/v1/versions");
    for (Object number : List.of(version, 999_999, "one")) {
      checks.answers("/api/v1/versions/{version}", "/api/v1/versions/" + number);
      for (String file : List.of("config.json", "README.md", "model.safetensors", "none")) {
        checks.answers(
            "/api/v1/versions/{version}/files/{file}",
            "/api/v1/versions/%s/files/%s".formatted(number, file));
      }
    }
    checks.answers("/api/v1/schemas", "/api/v1/schemas");
    for (String name : List.of("example.schema.json", "asyncapi.yaml", "none")) {
      checks.answers("/api/v1/schemas/{name}", "/api/v1/schemas/" + name);
    }
    for (String body :
        List.of(
            "{\"text\": \"a\"}",
            "{\"text\": \"a\", \"text_pair\": null, \"inputs\": null, \"top_k\": null}",
            "{\"inputs\": [{\"text\": \"a\", \"text_pair\": null}], \"top_k\": 1}")) {
      assertThat(checks.posted("/api/v1/predict", body)).as(body).isEqualTo(200);
      assertThat(checks.bodyErrors("/api/v1/predict", body)).as(body).isEmpty();
    }
    for (String body :
        List.of("{\"text\": \"a\", \"top_k\": 0}", "{\"inputs\": [{\"text\": null}]}")) {
      assertThat(checks.posted("/api/v1/predict", body)).as(body).isEqualTo(400);
      assertThat(checks.bodyErrors("/api/v1/predict", body)).as(body).isNotEmpty();
    }
  }

  private void answers(String path, String target) {
    conforms(api.at("/paths").path(path).path("get"), "GET " + target, send("GET", target, null));
    JsonNode head = api.at("/paths").path(path).path("head");
    if (!head.isMissingNode()) {
      conforms(head, "HEAD " + target, send("HEAD", target, null));
    }
  }

  /** The status that it was answered with. */
  private int posted(String path, String body) {
    HttpResponse<String> response = send("POST", path, body);
    conforms(api.at("/paths").path(path).path("post"), "POST " + path + " " + body, response);
    return response.statusCode();
  }

  private List<String> bodyErrors(String path, String body) {
    JsonNode schema =
        api.at("/paths").path(path).at("/post/requestBody/content/application~1json/schema");
    assertThat(schema.isMissingNode()).as(path).isFalse();
    return errors(schema, body);
  }

  private void conforms(JsonNode operation, String asked, HttpResponse<String> response) {
    assertThat(operation.isMissingNode()).as(asked).isFalse();
    JsonNode responses = operation.path("responses");
    JsonNode declared = responses.path("" + response.statusCode());
    if (response.statusCode() >= 400 && declared.isMissingNode()) {
      declared = responses.path("default");
    }
    assertThat(declared.isMissingNode())
        .as("%s is answered %d, which is not declared", asked, response.statusCode())
        .isFalse();
    JsonNode content = declared.path("content");
    if (content.isMissingNode()) {
      return;
    }
    String type =
        response.headers().firstValue("Content-Type").orElse("none").replaceFirst(";.*", "");
    assertThat(content.has(type))
        .as("%s is answered %s, which is not declared: %s", asked, type, content)
        .isTrue();
    JsonNode schema = content.path(type).path("schema");
    if (type.endsWith("json") && !response.body().isEmpty() && !schema.isMissingNode()) {
      assertThat(errors(schema, response.body())).as(asked).isEmpty();
    }
  }

  private List<String> errors(JsonNode schema, String document) {
    ObjectNode whole = schema.deepCopy();
    whole.set("components", api.path("components"));
    return JsonSchemas.of(whole).errors(document);
  }

  private HttpResponse<String> send(String method, String target, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + target))
            .header("Authorization", "Bearer " + Service.ADMIN_KEY)
            .header("Content-Type", "application/json")
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    return HTTP.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString()).join();
  }

  private static JsonNode json(String text) {
    try {
      return Json.MAPPER.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
