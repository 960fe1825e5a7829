package io.millrace.web.page;

import static io.millrace.web.page.Page.bytes;
import static io.millrace.web.page.Page.count;
import static io.millrace.web.page.Page.isAbout;
import static io.millrace.web.page.Page.percent;
import static io.millrace.web.page.Page.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.storage.Json;
import io.millrace.testing.Service;
import io.millrace.web.TinyRun;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;

/**
 * The page in a real browser, on the packaged service with a tiny model that has learned, published
 * and refused.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PageIT {

  /** Behind those who look at what this process did from its start. */
  private static final int LATE = Integer.MAX_VALUE - 1;

  private static final Path LOG = Path.of("target", "page-it.log");
  private static final String SECRET = "do not show me";
  private static final String NETWORK = "Failed to load resource";

  @TempDir private static Path folder;
  private static int port;
  private static TinyRun run;
  private static Service service;
  private static Page page;

  @BeforeAll
  static void start() throws IOException {
    page = Page.start();
    page.browser().beforeEachPage(script("day-of-history.js"));
    port = Service.freePort();
    run = new TinyRun(folder);
    service = Service.start(run.settings(port), LOG);
    run.heldOut(80);
    run.examples(640);
    run.refused("{\"text\": \"" + SECRET + "\", \"label\": \"neither\"}");
    run.refused(SECRET + ", I am no JSON");
    run.oneSided(400);
    awaitTrained();
    publish();
    publish();
  }

  @AfterAll
  static void stop() {
    if (service != null) {
      service.close();
    }
    if (page != null) {
      page.close();
    }
  }

  @BeforeEach
  void open() {
    page.browser().size(1280, 900, false);
    page.browser().scheme("light");
    page.visit(service.url("/"));
  }

  @AfterEach
  void nothingIsWrong() {
    page.driver().executeScript("sessionStorage.clear()");
    assertThat(page.browser().errors()).isEmpty();
  }

  @Test
  void thePageSaysWhatTheInterfaceSays() {
    // Given
    JsonNode training = training();
    JsonNode versions = service.get("/api/v1/versions");

    // Then the figures are those of the status
    assertThat(page.tile("Examples trained")).isEqualTo(count(training.get("examplesTrained")));
    assertThat(page.tile("Current version")).isEqualTo(training.get("currentVersion").asText());
    assertThat(page.tile("Held-out accuracy"))
        .isEqualTo(percent(training.at("/lastEvaluation/accuracy")));
    assertThat(page.tile("Prequential accuracy"))
        .isEqualTo(percent(training.get("prequentialAccuracy")));
    assertThat(page.tile("Lag")).isEqualTo("0");
    assertThat(page.tile("Dead letters")).isEqualTo("2");
    assertThat(page.tile("Padding")).isEqualTo(percent(training.get("paddingShare")));
    assertThat(page.text("#device")).isEqualTo(training.get("device").asText());
    assertThat(page.text("#labels")).isEqualTo("low, high");
    page.await("the rates, which fall between one look and the other")
        .until(
            () ->
                isAbout(page.tile("Examples per second"), training().get("examplesPerSecond"))
                    && isAbout(page.tile("Tokens per second"), training().get("tokensPerSecond")));
    page.await("the memory, which changes")
        .until(
            () ->
                page.tile("Memory")
                    .equals(bytes(service.get("/api/v1/status").at("/memory/resident"))));

    // And each version has its row, with what the gate said of it
    List<WebElement> rows = page.all("#versions tbody tr");
    assertThat(rows).hasSameSizeAs(versions);
    for (int i = 0; i < rows.size(); i++) {
      JsonNode version = versions.get(i);
      assertThat(rows.get(i).getAttribute("data-standing"))
          .isEqualTo(version.get("standing").asText());
      assertThat(rows.get(i).getText())
          .startsWith(version.get("version").asText())
          .contains(version.get("decision").asText(), percent(version.at("/evaluation/accuracy")));
    }

    // And the matrix and the labels' scores are the current version's
    JsonNode last = service.get("/api/v1/evaluations/latest");
    boolean compared = last.get("championVersion").equals(training.get("currentVersion"));
    JsonNode evaluation = compared ? last.get("champion") : versions.get(0).get("evaluation");
    List<String> counts = new ArrayList<>();
    evaluation.get("confusion").forEach(row -> row.forEach(cell -> counts.add(count(cell))));
    assertThat(page.texts("#champion .matrix tbody td")).isEqualTo(counts);
    List<String> scores = new ArrayList<>();
    evaluation
        .get("classes")
        .forEach(
            label ->
                scores.addAll(
                    List.of(
                        label.get("label").asText(),
                        count(label.get("support")),
                        percent(label.get("precision")),
                        percent(label.get("recall")),
                        percent(label.get("f1")))));
    assertThat(page.texts("#champion [aria-label='Scores by label'] tbody :is(th, td)"))
        .isEqualTo(scores);

    // And so are decisions and drift, newest first
    JsonNode history = service.get("/api/v1/metrics/history");
    JsonNode newest = history.get("evaluations").get(history.get("evaluations").size() - 1);
    assertThat(page.text("#decisions tbody tr"))
        .contains(
            "step " + count(newest.get("step")),
            "golden set " + percent(newest.get("goldenAccuracy")),
            newest.get("decision").asText());
    assertThat(page.text("#drift")).contains("the mix of labels has changed");
  }

  @Test
  @SuppressWarnings("unchecked")
  void theCurvesAndTheirBandsAreTheHistorys() {
    // When
    Map<String, Map<String, Number>> drawn =
        (Map<String, Map<String, Number>>) page.driver().executeAsyncScript(script("drawn.js"));

    // Then each line has its value where the history has one, and none elsewhere
    JsonNode history = service.get("/api/v1/metrics/history");
    assertDrawn(drawn.get("Each step"), history.get("steps"), "loss");
    assertDrawn(drawn.get("Prequential"), history.get("steps"), "prequentialAccuracy");
    JsonNode evaluations = history.get("evaluations");
    assertThat(evaluations).isNotEmpty();
    assertDrawn(drawn.get("Held-out loss"), evaluations, "loss");
    assertDrawn(drawn.get("Held-out"), evaluations, "accuracy");

    // And the bands lie between the limits
    assertDrawn(drawn.get("Held-out, upper limit"), evaluations, "accuracyHigh");
    assertDrawn(drawn.get("Held-out, lower limit"), evaluations, "accuracyLow");
    assertDrawn(drawn.get("Prequential, upper limit"), history.get("steps"), "prequentialHigh");
    assertDrawn(drawn.get("Prequential, lower limit"), history.get("steps"), "prequentialLow");
    assertThat(drawn.get("bands").keySet())
        .containsExactlyInAnyOrder(
            "Held-out, upper limit to Held-out, lower limit",
            "Prequential, upper limit to Prequential, lower limit");

    // And the seen part of a band has another colour than the paper
    assertThat(drawn.get("bands").values()).allSatisfy(seen -> assertThat(seen).isEqualTo(1L));
  }

  /**
   * Steps are places as long as nothing was rolled back; of evaluations at one step the last
   * counts.
   */
  private static void assertDrawn(Map<String, Number> line, JsonNode points, String value) {
    Map<String, Double> expected = new HashMap<>();
    points.forEach(
        point -> {
          if (point.get(value).isNumber()) {
            expected.put(point.get("step").asText(), point.get(value).asDouble());
          }
        });
    assertThat(line.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (step, number) ->
            assertThat(line.get(step).doubleValue())
                .as("%s at step %s", value, step)
                .isCloseTo(number, within(1e-9)));
  }

  @Test
  void aVersionsLineageIsToldWhereItIsAskedFor() {
    for (JsonNode version : service.get("/api/v1/versions")) {
      // When
      String number = version.get("version").asText();
      page.press("[data-key='lineage " + number + " summary']");

      // Then
      JsonNode provenance = version.get("provenance");
      JsonNode parent = version.get("parent");
      String lineage = page.text("[data-key='lineage " + number + "'] dl");
      assertThat(lineage)
          .contains(
              parent.isNull()
                  ? "Parent\nthe base, " + provenance.get("base").asText()
                  : "Parent\nversion " + parent.asText());
      assertThat(provenance.get("offsets")).isNotEmpty();
      provenance
          .get("offsets")
          .properties()
          .forEach(
              range ->
                  assertThat(lineage)
                      .contains(
                          "%s\noffsets %,d to %,d"
                              .formatted(
                                  range.getKey(),
                                  range.getValue().get("from").asLong(),
                                  range.getValue().get("to").asLong() - 1)));
      provenance
          .get("labelCounts")
          .properties()
          .forEach(
              label ->
                  assertThat(lineage).contains(label.getKey() + " " + count(label.getValue())));
      assertThat(page.all("[data-key='files " + number + "'] li"))
          .hasSameSizeAs(version.get("files"));
    }
  }

  @Test
  void refusedRecordsAreListedByPlaceAndReasonAndNeverByTheirText() {
    // Given
    JsonNode letters = service.get("/api/v1/dead-letters").get("recent");
    assertThat(letters).hasSize(2);

    // Then
    List<WebElement> rows = page.all("#dead-letters tbody tr");
    assertThat(rows).hasSize(2);
    for (int i = 0; i < 2; i++) {
      JsonNode letter = letters.get(i);
      assertThat(letter.get("value").isNull()).isTrue();
      assertThat(rows.get(i).getText())
          .contains("-0@" + letter.get("offset").asText())
          .contains(letter.get("reason").asText().toLowerCase(Locale.ROOT).replace('_', ' '))
          .contains(letter.get("detail").asText());
    }
    assertThat(page.driver().getPageSource()).doesNotContain(SECRET);
  }

  @Test
  void marksTellWhatHappenedOnFocusAndTheArrowKeysMoveAlongThem() {
    // Given
    List<WebElement> marks = page.all("#marks button");
    assertThat(marks).hasSizeGreaterThan(2);
    WebElement last =
        marks.stream()
            .filter(mark -> "0".equals(mark.getAttribute("tabindex")))
            .findFirst()
            .orElseThrow();

    // When
    last.sendKeys(Keys.HOME);
    List<String> told = new ArrayList<>();
    for (int i = 0; i < marks.size(); i++) {
      told.add(page.text("#mark-words"));
      page.driver().switchTo().activeElement().sendKeys(Keys.ARROW_RIGHT);
    }

    // Then each has its words, and the gate's are among them
    assertThat(new LinkedHashSet<>(told)).hasSize(marks.size());
    JsonNode first = service.get("/api/v1/versions/1");
    assertThat(String.join("\n", told))
        .contains("version 1, " + first.get("decision").asText())
        .contains("drift: the mix of labels has changed");

    // And the last candidate that was held
    JsonNode held = null;
    for (JsonNode evaluation : service.get("/api/v1/metrics/history").get("evaluations")) {
      held = evaluation.get("outcome").asText().equals("hold") ? evaluation : held;
    }
    assertThat(held).isNotNull();
    assertThat(String.join("\n", told))
        .contains("step " + held.get("step") + ": " + held.get("decision").asText());
  }

  @Test
  void bothVersionsAnswerSideBySide() throws Exception {
    // Given
    page.await("a previous version").until(() -> predicted("previous").statusCode() == 200);

    // When
    page.one("#text").sendKeys("very good", Keys.chord(Keys.CONTROL, Keys.ENTER));

    // Then
    page.await("an answer").until(() -> !page.all("#answer tbody tr").isEmpty());
    JsonNode current = Json.MAPPER.readTree(predicted("current").body());
    JsonNode previous = Json.MAPPER.readTree(predicted("previous").body());
    assertThat(page.all("#answer thead th").stream().map(WebElement::getText))
        .containsExactly(
            "Label",
            "Version " + current.get("version") + ", current",
            "Version " + previous.get("version") + ", previous");
    for (WebElement row : page.all("#answer tbody tr")) {
      String label = row.findElement(By.tagName("th")).getText();
      assertThat(row.findElements(By.tagName("td")).stream().map(WebElement::getText))
          .containsExactly(
              percent(current.at("/predictions/0/probabilities/" + label)),
              percent(previous.at("/predictions/0/probabilities/" + label)));
    }

    // And who typed goes on typing
    assertThat(page.focused()).isEqualTo("text");
  }

  @Test
  void withoutAKeyTheButtonsSayWhyTheyDoNothing() {
    // Then
    assertThat(page.one("#pause").getAttribute("aria-disabled")).isEqualTo("true");
    assertThat(page.text("#control-problem")).isEqualTo("It needs an administrator's key");

    // When
    page.one("#pause").click();

    // Then
    assertThat(page.text("#control-answer")).isEqualTo("It needs an administrator's key");

    // When
    page.useKey("no-key-of-this-service");

    // Then
    page.await("the key to be refused")
        .until(() -> page.text("#control-problem").equals("This key is not known here"));
    assertThat(training().get("state").asText()).isNotEqualTo("paused");
    assertThat(page.browser().errors())
        .allSatisfy(error -> assertThat(error).contains(NETWORK, "401"));
  }

  @Test
  void pauseAndResumeDoWhatTheySay() {
    // Given
    page.useKey(Service.ADMIN_KEY);

    // When
    page.press("#pause");

    // Then
    page.await("the pause").until(() -> page.text("#state").equals("paused"));
    assertThat(training().get("state").asText()).isEqualTo("paused");
    page.await("the answer").until(() -> page.text("#control-answer").startsWith("pause: done"));
    assertThat(page.focused()).isEqualTo("resume");

    // When
    page.press("#resume");

    // Then
    page.await("training again").until(() -> page.text("#state").equals("idle"));
    assertThat(training().get("state").asText()).isEqualTo("idle");
    assertThat(page.focused()).isEqualTo("pause");
  }

  @Test
  void reWarmAsksFirstAndIsAnswered() {
    // Given
    page.useKey(Service.ADMIN_KEY);

    // When
    page.press("#re-warm");
    page.await("the question").until(() -> page.one("#confirm").isDisplayed());
    assertThat(page.text("#confirm-title")).isEqualTo("Re-warm?");
    page.driver().switchTo().activeElement().sendKeys(Keys.ESCAPE);
    page.await("the end of it").until(() -> !page.one("#confirm").isDisplayed());

    // Then nothing has happened, and when it is confirmed
    assertThat(page.text("#control-answer")).isEmpty();
    page.pressAndConfirm("#re-warm");

    // Then
    page.await("the answer, by the schedule's right to refuse it")
        .until(() -> page.text("#control-answer").matches("(?s)re-warm: (done|refused).*"));
  }

  @Test
  void publishNowAsksFirstAndThenThereIsAVersion() {
    // Given
    page.useKey(Service.ADMIN_KEY);
    long before = training().get("currentVersion").asLong();

    // When it is thought better of
    page.press("#publish");
    page.await("the question").until(() -> page.one("#confirm").isDisplayed());
    assertThat(page.text("#confirm-title")).isEqualTo("Publish now?");
    assertThat(page.text("#confirm-words")).contains("whatever the gate would say");
    assertThat(page.one("#records-since").isDisplayed()).isFalse();
    assertThat(page.seriousViolations()).isEmpty();
    page.driver().switchTo().activeElement().sendKeys(Keys.ESCAPE);

    // Then nothing happens
    page.await("the end of it").until(() -> !page.one("#confirm").isDisplayed());
    assertThat(page.text("#control-answer")).isEmpty();
    assertThat(page.focused()).isEqualTo("publish");

    // When
    page.pressAndConfirm("#publish");

    // Then
    page.await("the version").until(() -> page.tile("Current version").equals("" + (before + 1)));
    page.await("the answer").until(() -> page.text("#control-answer").startsWith("publish: done"));
    assertThat(training().get("currentVersion").asLong()).isEqualTo(before + 1);
    page.await("its row")
        .until(() -> page.text("#versions tbody tr").startsWith((before + 1) + " current"));
  }

  @Test
  void whoReadsATableStaysThereWhenItGrows() {
    for (String reader :
        List.of("[aria-label='Gate decisions']", "[data-key='lineage 1 summary']")) {
      // Given
      page.driver().executeScript("document.querySelector(arguments[0]).focus()", reader);
      String place = page.focused();
      String newest = page.text("#decisions tbody tr");
      String version = page.text("#versions tbody tr");

      // When
      publish();
      page.await("another row")
          .until(
              () ->
                  !page.text("#decisions tbody tr").equals(newest)
                      && !page.text("#versions tbody tr").equals(version));

      // Then
      assertThat(page.focused()).isEqualTo(place);
    }
  }

  @Test
  @Order(LATE)
  void aRollBackAsksFirstAndThenTheOlderVersionIsCurrent() {
    // Given a version that is some steps ahead of its parent
    run.examples(64);
    awaitTrained();
    publish();
    page.visit(service.url("/"));
    page.useKey(Service.ADMIN_KEY);
    long now = training().get("currentVersion").asLong();
    long parent = service.get("/api/v1/versions/" + now).get("parent").asLong();
    String button = "[data-key='roll-back " + parent + "']";

    // When it is thought better of
    page.press(button);
    page.await("the question").until(() -> page.one("#confirm").isDisplayed());
    assertThat(page.text("#confirm-title")).isEqualTo("Roll back to version " + parent + "?");
    assertThat(page.seriousViolations()).isEmpty();
    page.driver().switchTo().activeElement().sendKeys(Keys.ESCAPE);

    // Then nothing happens
    page.await("the end of it").until(() -> !page.one("#confirm").isDisplayed());
    assertThat(page.text("#control-answer")).isEmpty();

    // When
    page.pressAndConfirm(button);

    // Then
    page.await("the older version").until(() -> page.tile("Current version").equals("" + parent));
    assertThat(training().get("currentVersion").asLong()).isEqualTo(parent);
    page.await("the answer").until(() -> page.text("#control-answer").contains(": done, "));
    page.await("the mark")
        .until(
            () ->
                page.one("#versions [data-standing=ROLLED_BACK]")
                    .getText()
                    .startsWith(now + " rolled back"));
    assertThat(service.get("/api/v1/versions").get(0).get("standing").asText())
        .isEqualTo("ROLLED_BACK");

    // When training goes on
    awaitOwner();
    run.examples(128);
    publish();

    // Then the curves go on to the right
    page.await("a mark")
        .until(
            () ->
                page.marks().contains("rolled back, asked for by command")
                    && page.marks().contains("training went on from step"));
  }

  @Test
  @SuppressWarnings("unchecked")
  void stepsThatAreTakenAgainStandBesideTheFirstAndNotOverThem() {
    // When
    List<List<Number>> found =
        (List<List<Number>>) page.driver().executeAsyncScript(script("stretches.js"));

    // Then places only grow, while steps begin again, and no line joins the stretches
    assertThat(found.get(0)).extracting(Number::doubleValue).isSorted().doesNotHaveDuplicates();
    assertThat(found.get(1)).extracting(Number::intValue).containsExactly(1, 2, 3, 4, 2, 3);
    assertThat(found.get(2)).containsExactly(0.1, 0.2, 0.3, 0.4, null, 0.5, 0.6);
  }

  @Test
  void everythingIsReachedByKeyAndShowsItsFocus() {
    // Given
    page.driver().executeScript(script("focusable.js"));
    long all = page.number("return window.focusable().length");
    assertThat(all).isGreaterThan(15);

    // When the key is pressed often enough to come around
    Set<Long> reached = new TreeSet<>();
    List<String> unseen = new ArrayList<>();
    for (int i = 0; i <= all; i++) {
      new Actions(page.driver()).sendKeys(Keys.TAB).perform();
      long place = page.number("return window.focused()");
      reached.add(place);
      if (place >= 0 && page.outlineOfFocus().equals("none")) {
        unseen.add(page.focused());
      }
    }

    // Then each was reached, and between the last and the first the browser's own controls
    assertThat(unseen).isEmpty();
    assertThat(reached).containsExactlyElementsOf(LongStream.range(-1, all).boxed().toList());
  }

  @Test
  void nothingSeriousIsWrongForAssistiveTechnology() {
    assertThat(page.seriousViolations()).as("light").isEmpty();

    page.browser().scheme("dark");
    assertThat(page.seriousViolations()).as("dark").isEmpty();

    page.browser().size(360, 800, true);
    assertThat(page.seriousViolations()).as("phone").isEmpty();
  }

  @Test
  void aPhoneScrollsInOneDirectionOnly() {
    // When
    page.browser().size(360, 740, true);

    // Then
    page.await("the layout")
        .until(() -> page.number("return document.documentElement.clientWidth") == 360);
    assertThat(page.number("return document.documentElement.scrollWidth")).isEqualTo(360);
    page.one("#text").sendKeys("good");
    page.one("#try button").click();
    page.await("an answer").until(() -> !page.all("#answer tbody tr").isEmpty());
    assertThat(page.number("return document.documentElement.scrollWidth")).isEqualTo(360);
  }

  @Test
  void theDarkSchemeIsDark() {
    String brightness =
        "return getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).reduce((a, b) => a + Number(b), 0)";
    assertThat(page.number(brightness)).isGreaterThan(600);
    page.browser().scheme("dark");
    assertThat(page.number(brightness)).isLessThan(120);
  }

  @Test
  @Order(LATE + 1)
  void afterAKillThePageComesBackByItselfAndCatchesUp() throws IOException {
    // Given
    page.driver().executeScript("window.sameThroughout = true");
    int decisions = page.all("#decisions tbody tr").size();
    assertThat(decisions).isPositive();

    // When
    service.kill();

    // Then
    page.await("the loss").until(() -> page.text("#connection").equals("reconnecting…"));

    // When
    run.examples(128);
    service = Service.start(run.settings(port), LOG);
    awaitTrained();

    // Then
    page.await("the connection").until(() -> page.text("#connection").equals("live"));
    page.await("what came meanwhile")
        .until(
            () -> page.tile("Examples trained").equals(count(training().get("examplesTrained"))));
    assertThat(page.all("#decisions tbody tr")).hasSizeGreaterThanOrEqualTo(decisions);
    assertThat(page.driver().executeScript("return window.sameThroughout")).isEqualTo(true);
    assertThat(page.browser().errors())
        .isNotEmpty()
        .allSatisfy(error -> assertThat(error).contains("net::ERR"));
  }

  @Test
  @SuppressWarnings("unchecked")
  void behindARestartTheTilesSayWhatTheyAreOf() {
    // When
    Map<String, String> tiles =
        (Map<String, String>) page.driver().executeAsyncScript(script("restarted.js"));

    // Then
    JsonNode current = service.get("/api/v1/versions").get(0);
    assertThat(tiles.get("Held-out accuracy"))
        .startsWith(percent(current.at("/evaluation/accuracy")) + "; ")
        .contains("version " + current.get("version") + " at its publication, ");
    assertThat(tiles.get("Drift")).isEqualTo("none; no signal since the start");
    assertThat(tiles.get("Memory")).contains("; GPU 1.5 GB of 150 GB; ");
  }

  @Test
  void aDayOfHistoryDoesNotSlowThePageDown() {
    // When
    page.visit(service.url("/#day"));
    page.await("the day").until(() -> page.marks().contains("version 1000"));
    double before = page.browser().cpuSeconds();
    page.driver().executeAsyncScript(script("ten-draws.js"));
    double draw = (page.browser().cpuSeconds() - before) / 10;

    // Then drawing it twice a second leaves most of the processor free
    System.out.printf("a day of history: a draw takes %.0f ms of the processor%n", 1000 * draw);
    assertThat(draw).isLessThan(0.1);
  }

  @Test
  @SuppressWarnings("unchecked")
  void moreThanTheCurvesHoldIsMergedAndStillAllOfIt() {
    // When
    Map<String, Number> found =
        (Map<String, Number>) page.driver().executeAsyncScript(script("many-points.js"));

    // Then
    assertThat(found.get("points").longValue()).isLessThanOrEqualTo(2_400);
    assertThat(found.get("steps").longValue()).isEqualTo(5_000);
    assertThat(found.get("last").longValue()).isEqualTo(5_000);
    assertThat(found.get("meanLoss").doubleValue()).isCloseTo(0.5, within(1e-9));
  }

  private static void publish() {
    long before = training().path("currentVersion").asLong(0);
    service.post("/api/v1/control", "{\"command\": \"publish\"}");
    await("a version")
        .atMost(Duration.ofSeconds(30))
        .until(() -> training().path("currentVersion").asLong(0) > before);
  }

  private static void awaitTrained() {
    await("all to be trained on")
        .atMost(Duration.ofSeconds(60))
        .until(() -> training().get("positions").toString().contains("" + (run.sent() + 2)));
  }

  private static void awaitOwner() {
    await("the owner to be back")
        .atMost(Duration.ofSeconds(30))
        .until(() -> training().get("state").asText().equals("idle"));
  }

  private static JsonNode training() {
    return service.get("/api/v1/status").get("training");
  }

  private static HttpResponse<String> predicted(String version) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(service.url("/api/v1/predict")))
                .header("Content-Type", "application/json")
                .header("Millrace-Version", version)
                .POST(HttpRequest.BodyPublishers.ofString("{\"text\": \"very good\"}"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }
}
