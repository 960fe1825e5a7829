package io.millrace.web;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.storage.Json;
import io.millrace.testing.Fuzz;
import io.millrace.testing.MailRun;
import io.millrace.testing.RawHttp;
import io.millrace.testing.Service;
import io.millrace.testing.TinyVersion;
import io.millrace.testing.Versions;
import io.millrace.version.FolderVersionStore;
import io.millrace.version.ModelVersion;
import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged service under thousands of mutated requests: each is answered, none with a server's
 * error, and every refusal is a problem (RFC 9457). Only what is no HTTP, asks for no URI, or has
 * too long a URI or headers, may be refused with an empty body, or by closing the connection.
 */
class HttpFuzzIT {

  private static final Path LOG = Path.of("target", "http-fuzz.log");
  private static final String FILE = "/api/v1/versions/1/files/config.json";
  private static final String ACCEPT = "Accept: */*";
  private static final byte[] NO_BODY = {};

  /** RFC 9110, section 5.6.2. */
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  private static final Pattern HEADER =
      Pattern.compile(TOKEN.pattern() + ":[\\t\\x20-\\x7e\\x80-\\xff]*");

  @TempDir private static Path folder;
  private static Service service;
  private static RawHttp http;

  @BeforeAll
  static void serveATinyVersion() throws IOException {
    MailRun run = new MailRun("fuzz", folder);
    FolderVersionStore versions = new FolderVersionStore(folder.resolve("fuzz/versions"));
    ModelVersion version = TinyVersion.publish(versions);
    versions.markAnnounced(version);
    Map<String, String> settings = run.settings();
    settings.put("millrace.model.base", versions.folder(1, Versions.TERM).toString());
    settings.put("millrace.security.open", "true"); // what lies behind is to be reached
    settings.put("millrace.limits.commands-per-minute", "0");
    service = Service.start(settings, LOG);
    http = new RawHttp(URI.create(service.url("/")).getPort());
  }

  @AfterAll
  static void stop() throws IOException {
    http.close();
    service.close();
  }

  @Test
  void anyBodyIsAnsweredOrAProblem() {
    Fuzz.each(
        bytes(
            """
            {"inputs": [{"text": "w7 w9", "text_pair": "w12"}, {"text": "w30"}]}"""),
        800,
        body -> answered(true, post("Content-Type: application/json", body)));
  }

  @Test
  void anyCommandIsAnsweredOrAProblem() {
    for (String valid :
        List.of(
            "{\"id\": \"a\", \"command\": \"resume\", \"version\": 6, \"data\": \"skip\"}",
            "null")) {
      Fuzz.each(
          bytes(valid),
          200,
          body ->
              answered(
                  true,
                  request("POST", "/api/v1/control", "Content-Type: application/json", body)));
    }
  }

  @Test
  void anyTargetIsAnsweredOrAProblem() {
    for (String target :
        List.of(
            FILE,
            "/api/v1/versions/1",
            "/api/v1/metrics/history?from=1&to=%20",
            "/app/charts.js",
            "/webjars/uplot/1.6.30/dist/uPlot.min.css",
            "/q/openapi")) {
      Fuzz.each(
          bytes(target),
          150,
          input -> {
            String mutated = oneLine(input);
            answered(isTarget(mutated), request("GET", mutated, ACCEPT, NO_BODY));
          });
    }
  }

  @Test
  void anyHeaderIsAnsweredOrAProblem() {
    for (String header :
        List.of(
            "Authorization: Bearer " + Service.ADMIN_KEY,
            "Range: bytes=3-9",
            "If-Range: \"0123456789abcdef\"",
            "If-None-Match: \"0123456789abcdef\", W/\"x\"",
            "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT",
            "Accept: application/json;q=0.9, text/*;q=0.1",
            "Accept-Encoding: gzip;q=1.0, identity",
            "Content-Type: application/json; charset=utf-8",
            "Cookie: a=b; c=\"d\"")) {
      Fuzz.each(
          bytes(header),
          50,
          input -> {
            String mutated = oneLine(input);
            boolean wellFormed = HEADER.matcher(mutated).matches();
            answered(wellFormed, request("GET", FILE, mutated, NO_BODY));
            answered(wellFormed, post(mutated, bytes("{}")));
          });
    }
  }

  @Test
  void anyMethodIsAnsweredOrAProblem() {
    for (String target : List.of(FILE, "/api/v1/status", "/api/v1/predict", "/", "/app.js")) {
      Fuzz.each(
          bytes("DELETE"),
          60,
          input -> {
            String mutated = oneLine(input);
            answered(TOKEN.matcher(mutated).matches(), request(mutated, target, ACCEPT, NO_BODY));
          });
    }
  }

  @Test
  void whatIsAnsweredBeforeAnythingWasTrainedIsAsItsDescriptionSays() {
    OpenApiChecks.documented(service.url(""), 1);
  }

  @Test
  void aBodyAboveTheLimitIsAProblemBeforeItIsSent() throws IOException {
    RawHttp.Answer answer = http.send(head("Content-Length: 5000000"));

    assertThat(answer.status()).isEqualTo(413);
    problem(answer);
  }

  @Test
  void whatBreaksARuleIsAProblemThatNamesIt() {
    WebApiChecks.refusals(service.url(""));
    WebApiChecks.choices(service.url(""), 1);
  }

  @Test
  void aLengthThatCannotBeIsRefused() throws IOException {
    for (String length : List.of("-1", "x", "99999999999999999999", "2, 3")) {
      assertThat(http.send(head("Content-Length: " + length)).status()).as(length).isEqualTo(400);
    }
    for (String chunk : List.of("x", "-1", "ffffffffffffffffff")) {
      byte[] request = concat(head("Transfer-Encoding: chunked"), bytes(chunk + "\r\n{}\r\n"));
      assertThatThrownBy(() -> http.send(request)).as(chunk).isInstanceOf(EOFException.class);
    }
  }

  @Test
  void whatIsTooLongIsRefused() throws IOException {
    int much = 5 << 20;
    byte[] chunk = bytes(Integer.toHexString(much) + "\r\n" + " ".repeat(much) + "\r\n0\r\n\r\n");

    for (String target : List.of("/api/v1/predict", "/api/v1/control")) {
      RawHttp.Answer grown = http.send(concat(head(target, "Transfer-Encoding: chunked"), chunk));
      assertThat(grown.status()).isEqualTo(413);
      problem(grown);
    }
    // By Vert.x, below the router
    RawHttp.Answer header = http.send(head("X: " + "y".repeat(100_000)));
    assertThat(header.status()).isEqualTo(431);
    assertThat(header.body()).isEmpty();
    RawHttp.Answer uri = http.send(request("GET", "/" + "a".repeat(100_000), ACCEPT, NO_BODY));
    assertThat(uri.status()).isEqualTo(414);
    assertThat(uri.body()).isEmpty();
  }

  /**
   * What was asked for, or a problem.
   *
   * @param isHttp whether the request is one at all; else an empty answer from below the router
   *     will do
   */
  private static void answered(boolean isHttp, byte[] request) throws IOException {
    RawHttp.Answer answer = http.send(request);
    assertThat(answer.status()).as(new String(answer.body(), ISO_8859_1)).isBetween(200, 499);
    if (answer.status() >= 400 && (isHttp || answer.body().length > 0)) {
      problem(answer);
    }
    if (answer.status() == 405) {
      assertThat(answer.header("allow")).contains("OPTIONS");
    }
  }

  private static void problem(RawHttp.Answer answer) throws IOException {
    assertThat(answer.header("content-type"))
        .as("type of a %d", answer.status())
        .startsWith("application/problem+json");
    assertThat(Json.MAPPER.readTree(answer.body()).path("status").asInt())
        .isEqualTo(answer.status());
  }

  private static boolean isTarget(String target) {
    try {
      return target.startsWith("/") && new URI(target).getRawPath() != null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static byte[] post(String header, byte[] body) {
    return request("POST", "/api/v1/predict", header, body);
  }

  /** Of a prediction, up to its body. */
  private static byte[] head(String header) {
    return head("/api/v1/predict", header);
  }

  private static byte[] head(String target, String header) {
    return bytes(
        """
        POST %s HTTP/1.1
        Host: localhost
        Content-Type: application/json
        %s

        """
            .formatted(target, header)
            .replace("\n", "\r\n"));
  }

  private static byte[] request(String method, String target, String header, byte[] body) {
    return concat(
        bytes(
            "%s %s HTTP/1.1\r\nHost: localhost\r\n%s\r\nContent-Length: %d\r\n\r\n"
                .formatted(method, target, header, body.length)),
        body);
  }

  private static byte[] concat(byte[] first, byte[] second) {
    return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  /** Without line breaks: where a request ends is not what is mutated. */
  private static String oneLine(byte[] bytes) {
    return new String(bytes, ISO_8859_1).replaceAll("[\r\n]", "");
  }
}
