package io.millrace.web.page;

import static io.millrace.web.page.Page.script;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.storage.DurableFolder;
import io.millrace.testing.Service;
import io.millrace.web.TinyRun;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The packaged service with a tiny model that has learned, published twice and refused two records,
 * and a browser that shows its page.
 */
final class PageRun implements AutoCloseable {

  /** In both refused records. The page never shows it. */
  static final String SECRET = "do not show me";

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final int REFUSED = 2;

  private final Page page;
  private final TinyRun run;
  private final int port;
  private final Path folder;
  private final Path log;
  private Service service;

  private PageRun(Page page, Path folder, Path log) throws IOException {
    this.page = page;
    this.folder = folder;
    this.run = new TinyRun(folder);
    this.port = Service.freePort();
    this.log = log;
  }

  /**
   * Starts the browser and the service, and waits until the service has done what the page is to
   * show. Skips the test where there is no browser.
   *
   * @param log where the service's output goes
   */
  static PageRun start(Path log) throws IOException {
    Page page = Page.start();
    try {
      page.browser().beforeEachPage(script("day-of-history.js"));
      PageRun started = new PageRun(page, Files.createTempDirectory("page-run"), log);
      started.learn();
      return started;
    } catch (IOException | RuntimeException | Error e) {
      page.close();
      throw e;
    }
  }

  private void learn() throws IOException {
    service = Service.start(run.settings(port), log);
    try {
      run.heldOut(80);
      run.examples(640);
      run.refused("{\"text\": \"" + SECRET + "\", \"label\": \"neither\"}");
      run.refused(SECRET + ", I am no JSON");
      run.oneSided(400);
      awaitTrained();
      publish();
      publish();
    } catch (RuntimeException | Error e) {
      service.close();
      throw e;
    }
  }

  Page page() {
    return page;
  }

  /** Where examples are sent to. */
  TinyRun stream() {
    return run;
  }

  /** Opens the page as it is for somebody who has never seen it. */
  void open() {
    page.browser().size(1280, 900, false);
    page.browser().scheme("light");
    page.visit(url("/"));
  }

  String url(String path) {
    return service.url(path);
  }

  JsonNode get(String path) {
    return service.get(path);
  }

  /** The part of the status about training. */
  JsonNode training() {
    return get("/api/v1/status").get("training");
  }

  /** Publishes a version by command and waits for it. */
  void publish() {
    long before = training().path("currentVersion").asLong(0);
    service.post("/api/v1/control", "{\"command\": \"publish\"}");
    await("a version")
        .atMost(Duration.ofSeconds(30))
        .until(() -> training().path("currentVersion").asLong(0) > before);
  }

  /** Waits until every example sent so far is trained on. */
  void awaitTrained() {
    await("all to be trained on")
        .atMost(Duration.ofSeconds(60))
        .until(() -> training().get("positions").toString().contains("" + (run.sent() + REFUSED)));
  }

  /** Waits until the service owns the model and has nothing to train on. */
  void awaitIdle() {
    await("the owner to be back")
        .atMost(Duration.ofSeconds(30))
        .until(() -> training().get("state").asText().equals("idle"));
  }

  /** Asks a version, as the header names it, for a prediction. */
  HttpResponse<String> predict(String version) throws IOException, InterruptedException {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create(url("/api/v1/predict")))
            .header("Content-Type", "application/json")
            .header("Millrace-Version", version)
            .POST(HttpRequest.BodyPublishers.ofString("{\"text\": \"very good\"}"))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** Kills the service. */
  void kill() {
    service.kill();
  }

  /** Starts the service again, at its address and from its store. */
  void restart() throws IOException {
    service = Service.start(run.settings(port), log);
  }

  @Override
  public void close() throws IOException {
    try {
      service.close();
      DurableFolder.remove(folder);
    } finally {
      page.close();
    }
  }
}
