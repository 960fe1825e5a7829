package io.millrace.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.deque.html.axecore.results.Rule;
import com.deque.html.axecore.selenium.AxeBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.publication.Json;
import io.millrace.testing.Browser;
import io.millrace.testing.Service;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.awaitility.core.ConditionFactory;
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
  private static final int MOST_TAB_STOPS = 100;
  private static final String NETWORK = "Failed to load resource";

  @TempDir private static Path folder;
  private static int port;
  private static TinyRun run;
  private static Service service;
  private static Browser browser;

  @BeforeAll
  static void start() throws IOException {
    browser = Browser.start();
    browser.beforeEachPage(script("day-of-history.js"));
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
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void open() {
    browser.size(1280, 900, false);
    browser.scheme("light");
    visit("/");
  }

  @AfterEach
  void nothingIsWrong() {
    browser.driver().executeScript("sessionStorage.clear()");
    assertThat(browser.errors()).isEmpty();
  }

  @Test
  void thePageSaysWhatTheInterfaceSays() {
    // Given
    JsonNode training = training();
    JsonNode versions = service.get("/api/v1/versions");

    // Then the figures are those of the status
    assertThat(tile("Examples trained")).isEqualTo(count(training.get("examplesTrained")));
    assertThat(tile("Current version")).isEqualTo(training.get("currentVersion").asText());
    assertThat(tile("Held-out accuracy"))
        .isEqualTo(percent(training.at("/lastEvaluation/accuracy")));
    assertThat(tile("Prequential accuracy"))
        .isEqualTo(percent(training.get("prequentialAccuracy")));
    assertThat(tile("Lag")).isEqualTo("0");
    assertThat(tile("Dead letters")).isEqualTo("2");

    // And each version has its row, with what the gate said of it
    List<WebElement> rows = all("#versions tbody tr");
    assertThat(rows).hasSameSizeAs(versions);
    for (int i = 0; i < rows.size(); i++) {
      JsonNode version = versions.get(i);
      assertThat(rows.get(i).getAttribute("data-standing"))
          .isEqualTo(version.get("standing").asText());
      assertThat(rows.get(i).getText())
          .startsWith(version.get("version").asText())
          .contains(version.get("decision").asText(), percent(version.at("/evaluation/accuracy")));
    }

    // And the matrix is the current version's
    List<String> cells =
        all("#champion .matrix td[data-own], #champion .matrix tbody td").stream()
            .map(WebElement::getText)
            .toList();
    JsonNode last = service.get("/api/v1/metrics/history").get("lastEvaluation");
    boolean compared = last.get("championVersion").equals(training.get("currentVersion"));
    JsonNode evaluation = compared ? last.get("champion") : versions.get(0).get("evaluation");
    List<String> counts = new ArrayList<>();
    evaluation.get("confusion").forEach(row -> row.forEach(cell -> counts.add(count(cell))));
    assertThat(cells).isEqualTo(counts);

    // And so are decisions and drift, newest first
    JsonNode history = service.get("/api/v1/metrics/history");
    JsonNode newest = history.get("evaluations").get(history.get("evaluations").size() - 1);
    assertThat(text("#decisions tbody tr"))
        .contains("step " + count(newest.get("step")), newest.get("decision").asText());
    assertThat(text("#drift")).contains("the mix of labels has changed");
  }

  @Test
  void refusedRecordsAreListedByPlaceAndReasonAndNeverByTheirText() {
    // Given
    JsonNode letters = service.get("/api/v1/dead-letters").get("recent");
    assertThat(letters).hasSize(2);

    // Then
    List<WebElement> rows = all("#dead-letters tbody tr");
    assertThat(rows).hasSize(2);
    for (int i = 0; i < 2; i++) {
      JsonNode letter = letters.get(i);
      assertThat(letter.get("value").isNull()).isTrue();
      assertThat(rows.get(i).getText())
          .contains("-0@" + letter.get("offset").asText())
          .contains(letter.get("reason").asText().toLowerCase(Locale.ROOT).replace('_', ' '))
          .contains(letter.get("detail").asText());
    }
    assertThat(browser.driver().getPageSource()).doesNotContain(SECRET);
  }

  @Test
  void marksTellWhatHappenedOnFocusAndTheArrowKeysMoveAlongThem() {
    // Given
    List<WebElement> marks = all("#marks button");
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
      told.add(text("#mark-words"));
      browser.driver().switchTo().activeElement().sendKeys(Keys.ARROW_RIGHT);
    }

    // Then each has its words, and the gate's are among them
    assertThat(new LinkedHashSet<>(told)).hasSize(marks.size());
    JsonNode first = service.get("/api/v1/versions/1");
    assertThat(String.join("\n", told))
        .contains("version 1, " + first.get("decision").asText())
        .contains("drift: the mix of labels has changed");
  }

  @Test
  void bothVersionsAnswerSideBySide() throws Exception {
    // Given
    awaitPage("a previous version").until(() -> predicted("previous").statusCode() == 200);

    // When
    one("#text").sendKeys("very good");
    one("#try button").click();

    // Then
    awaitPage("an answer").until(() -> !all("#answer tbody tr").isEmpty());
    JsonNode current = Json.MAPPER.readTree(predicted("current").body());
    JsonNode previous = Json.MAPPER.readTree(predicted("previous").body());
    assertThat(all("#answer thead th").stream().map(WebElement::getText))
        .containsExactly(
            "Label",
            "Version " + current.get("version") + ", current",
            "Version " + previous.get("version") + ", previous");
    for (WebElement row : all("#answer tbody tr")) {
      String label = row.findElement(By.tagName("th")).getText();
      assertThat(row.findElements(By.tagName("td")).stream().map(WebElement::getText))
          .containsExactly(
              percent(current.at("/predictions/0/probabilities/" + label)),
              percent(previous.at("/predictions/0/probabilities/" + label)));
    }
  }

  @Test
  void withoutAKeyTheButtonsSayWhyTheyDoNothing() {
    // Then
    assertThat(one("#pause").getAttribute("aria-disabled")).isEqualTo("true");
    assertThat(text("#control-problem")).isEqualTo("It needs an administrator's key");

    // When
    one("#pause").click();

    // Then
    assertThat(text("#control-answer")).isEqualTo("It needs an administrator's key");

    // When
    useKey("no-key-of-this-service");

    // Then
    awaitPage("the key to be refused")
        .until(() -> text("#control-problem").equals("This key is not known here"));
    assertThat(training().get("state").asText()).isNotEqualTo("paused");
    assertThat(browser.errors()).allSatisfy(error -> assertThat(error).contains(NETWORK, "401"));
  }

  @Test
  void pauseAndResumeDoWhatTheySay() {
    // Given
    useKey(Service.ADMIN_KEY);

    // When
    press("#pause");

    // Then
    awaitPage("the pause").until(() -> text("#state").equals("paused"));
    assertThat(training().get("state").asText()).isEqualTo("paused");
    awaitPage("the answer").until(() -> text("#control-answer").startsWith("pause: done"));

    // When
    press("#resume");

    // Then
    awaitPage("training again").until(() -> text("#state").equals("idle"));
    assertThat(training().get("state").asText()).isEqualTo("idle");
  }

  @Test
  @Order(LATE)
  void aRollBackAsksFirstAndThenTheOlderVersionIsCurrent() {
    // Given a version that is some steps ahead of its parent
    run.examples(64);
    awaitTrained();
    publish();
    visit("/");
    useKey(Service.ADMIN_KEY);
    long now = training().get("currentVersion").asLong();
    long parent = service.get("/api/v1/versions/" + now).get("parent").asLong();
    String button = "[data-key='roll-back " + parent + "']";

    // When it is thought better of
    press(button);
    awaitPage("the question").until(() -> one("#roll-back").isDisplayed());
    assertThat(text("#roll-back-title")).isEqualTo("Roll back to version " + parent + "?");
    assertThat(seriousViolations()).isEmpty();
    browser.driver().switchTo().activeElement().sendKeys(Keys.ESCAPE);

    // Then nothing happens
    awaitPage("the end of it").until(() -> !one("#roll-back").isDisplayed());
    assertThat(text("#control-answer")).isEmpty();

    // When
    press(button);
    one("#roll-back [value=confirm]").click();

    // Then
    awaitPage("the older version").until(() -> tile("Current version").equals("" + parent));
    assertThat(training().get("currentVersion").asLong()).isEqualTo(parent);
    awaitPage("the answer").until(() -> text("#control-answer").contains(": done, "));
    awaitPage("the mark")
        .until(
            () ->
                one("#versions [data-standing=ROLLED_BACK]")
                    .getText()
                    .startsWith(now + " rolled back"));
    assertThat(service.get("/api/v1/versions").get(0).get("standing").asText())
        .isEqualTo("ROLLED_BACK");

    // When training goes on
    awaitOwner();
    run.examples(128);
    publish();

    // Then the curves go on to the right
    awaitPage("a mark")
        .until(
            () ->
                marks().contains("rolled back, asked for by command")
                    && marks().contains("training went on from step"));
  }

  @Test
  @SuppressWarnings("unchecked")
  void stepsThatAreTakenAgainStandBesideTheFirstAndNotOverThem() {
    // When
    List<List<Number>> found =
        (List<List<Number>>) browser.driver().executeAsyncScript(script("stretches.js"));

    // Then places only grow, while steps begin again, and no line joins the stretches
    assertThat(found.get(0)).extracting(Number::doubleValue).isSorted().doesNotHaveDuplicates();
    assertThat(found.get(1)).extracting(Number::intValue).containsExactly(1, 2, 3, 4, 2, 3);
    assertThat(found.get(2)).containsExactly(0.1, 0.2, 0.3, 0.4, null, 0.5, 0.6);
  }

  @Test
  void everythingIsReachedByKeyAndShowsItsFocus() {
    // Given
    browser.driver().executeScript(script("focusable.js"));
    long all = (long) browser.driver().executeScript("return window.focusable().length");
    assertThat(all).isGreaterThan(15);

    // When
    Set<String> reached = new LinkedHashSet<>();
    List<String> unseen = new ArrayList<>();
    for (int i = 0; i < MOST_TAB_STOPS && reached.size() < all; i++) {
      new Actions(browser.driver()).sendKeys(Keys.TAB).perform();
      String place = (String) browser.driver().executeScript("return window.focused()");
      reached.add(place);
      if (place.endsWith("without outline")) {
        unseen.add(place);
      }
    }

    // Then
    assertThat(unseen).isEmpty();
    assertThat(reached).contains("main skip link").hasSizeGreaterThanOrEqualTo((int) all);
  }

  @Test
  void nothingSeriousIsWrongForAssistiveTechnology() {
    assertThat(seriousViolations()).as("light").isEmpty();

    browser.scheme("dark");
    assertThat(seriousViolations()).as("dark").isEmpty();

    browser.size(360, 800, true);
    assertThat(seriousViolations()).as("phone").isEmpty();
  }

  @Test
  void aPhoneScrollsInOneDirectionOnly() {
    // When
    browser.size(360, 740, true);

    // Then
    awaitPage("the layout")
        .until(() -> number("return document.documentElement.clientWidth") == 360);
    assertThat(number("return document.documentElement.scrollWidth")).isEqualTo(360);
    one("#text").sendKeys("good");
    one("#try button").click();
    awaitPage("an answer").until(() -> !all("#answer tbody tr").isEmpty());
    assertThat(number("return document.documentElement.scrollWidth")).isEqualTo(360);
  }

  @Test
  void theDarkSchemeIsDark() {
    String brightness =
        "return getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).reduce((a, b) => a + Number(b), 0)";
    assertThat(number(brightness)).isGreaterThan(600);
    browser.scheme("dark");
    assertThat(number(brightness)).isLessThan(120);
  }

  @Test
  @Order(LATE + 1)
  void afterAKillThePageComesBackByItselfAndCatchesUp() throws IOException {
    // Given
    browser.driver().executeScript("window.sameThroughout = true");
    int decisions = all("#decisions tbody tr").size();
    assertThat(decisions).isPositive();

    // When
    service.kill();

    // Then
    awaitPage("the loss").until(() -> text("#connection").equals("reconnecting…"));

    // When
    run.examples(128);
    service = Service.start(run.settings(port), LOG);
    awaitTrained();

    // Then
    awaitPage("the connection").until(() -> text("#connection").equals("live"));
    awaitPage("what came meanwhile")
        .until(() -> tile("Examples trained").equals(count(training().get("examplesTrained"))));
    assertThat(all("#decisions tbody tr")).hasSizeGreaterThanOrEqualTo(decisions);
    assertThat(browser.driver().executeScript("return window.sameThroughout")).isEqualTo(true);
    assertThat(browser.errors())
        .isNotEmpty()
        .allSatisfy(error -> assertThat(error).contains("net::ERR"));
  }

  @Test
  void aDayOfHistoryDoesNotSlowThePageDown() {
    // When
    visit("/#day");
    awaitPage("the day").until(() -> marks().contains("version 1000"));
    Number busy = (Number) browser.driver().executeAsyncScript(script("busy.js"));

    // Then drawing it twice a second leaves most of the time free, on a busy machine too
    System.out.printf(
        "a day of history: the page is busy %.0f%% of the time%n", 100 * busy.doubleValue());
    assertThat(busy.doubleValue()).isLessThan(0.5);
  }

  private static void visit(String path) {
    browser.driver().get("about:blank"); // else a change of the fragment loads nothing
    browser.driver().get(service.url(path));
    awaitPage("the page").until(() -> text("#connection").equals("live"));
    awaitPage("the versions").until(() -> !all("#versions tbody tr").isEmpty());
  }

  private static void useKey(String key) {
    one("#key").sendKeys(key + Keys.ENTER);
    if (key.equals(Service.ADMIN_KEY)) {
      awaitPage("the key to be known")
          .until(() -> one("#pause").getAttribute("aria-disabled") == null);
    }
  }

  /** By keyboard, which scrolls there. */
  private static void press(String selector) {
    awaitPage(selector).until(() -> one(selector).isDisplayed());
    one(selector).sendKeys(Keys.ENTER);
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

  private static List<String> seriousViolations() {
    return new AxeBuilder()
        .analyze(browser.driver()).getViolations().stream()
            .filter(rule -> List.of("serious", "critical").contains(rule.getImpact()))
            .map(PageIT::words)
            .toList();
  }

  private static String words(Rule rule) {
    return rule.getId()
        + ": "
        + rule.getNodes().stream().map(node -> node.getHtml() + node.getFailureSummary()).toList();
  }

  private static ConditionFactory awaitPage(String what) {
    return await(what)
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(100))
        .ignoreExceptions();
  }

  private static String marks() {
    return String.join(
        "\n", all("#marks button").stream().map(mark -> mark.getAttribute("aria-label")).toList());
  }

  private static String tile(String name) {
    return all("#tiles > div").stream()
        .filter(tile -> tile.findElement(By.tagName("dt")).getText().equals(name))
        .map(tile -> tile.findElement(By.className("value")).getText())
        .findFirst()
        .orElseThrow();
  }

  private static WebElement one(String selector) {
    return browser.driver().findElement(By.cssSelector(selector));
  }

  private static List<WebElement> all(String selector) {
    return browser.driver().findElements(By.cssSelector(selector));
  }

  private static String text(String selector) {
    return one(selector).getText();
  }

  private static long number(String script) {
    return ((Number) browser.driver().executeScript(script)).longValue();
  }

  private static String count(JsonNode value) {
    return String.format(Locale.ROOT, "%,d", value.asLong());
  }

  private static String percent(JsonNode value) {
    return String.format(Locale.ROOT, "%.1f%%", 100 * value.asDouble());
  }

  private static String script(String name) {
    try {
      return Files.readString(Path.of("src/test/resources/page", name), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
