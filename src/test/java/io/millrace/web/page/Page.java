package io.millrace.web.page;

import com.deque.html.axecore.results.Rule;
import com.deque.html.axecore.selenium.AxeBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.testing.Browser;
import io.millrace.testing.Service;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;

/** The page in a browser: finds what it shows, and presses what it offers. */
public final class Page implements AutoCloseable {

  private final Browser browser;

  private Page(Browser browser) {
    this.browser = browser;
  }

  /** Starts a browser, or skips the test where there is none. */
  public static Page start() {
    return new Page(Browser.start());
  }

  Browser browser() {
    return browser;
  }

  public ChromeDriver driver() {
    return browser.driver();
  }

  /** Opens it and waits until it is connected. */
  void visit(String url) {
    open(url);
    await("the page").until(() -> text("#connection").equals("live"));
    await("the versions").until(() -> !all("#versions tbody tr").isEmpty());
  }

  /** Opens it, and waits for nothing. */
  public void open(String url) {
    driver().get("about:blank"); // else a change of the fragment loads nothing
    driver().get(url);
  }

  public WebElement one(String selector) {
    return driver().findElement(By.cssSelector(selector));
  }

  public List<WebElement> all(String selector) {
    return driver().findElements(By.cssSelector(selector));
  }

  public String text(String selector) {
    return one(selector).getText();
  }

  List<String> texts(String selector) {
    return all(selector).stream().map(WebElement::getText).toList();
  }

  /** The id of what has the focus, else its key, else its name. */
  String focused() {
    return (String)
        driver()
            .executeScript(
                "const one = document.activeElement;"
                    + " return one.id || one.dataset.key || one.getAttribute('aria-label');");
  }

  /** How the style sheet shows what has the focus. */
  String outlineOfFocus() {
    return (String)
        driver().executeScript("return getComputedStyle(document.activeElement).outlineStyle;");
  }

  long number(String script) {
    return ((Number) driver().executeScript(script)).longValue();
  }

  /** What the marks on the curves say. */
  String marks() {
    return String.join(
        "\n", all("#marks button").stream().map(mark -> mark.getAttribute("aria-label")).toList());
  }

  /** A figure at the top. */
  public String tile(String name) {
    return partOf(name, "value");
  }

  /** What stands under it. */
  String note(String name) {
    return partOf(name, "note");
  }

  private String partOf(String tile, String part) {
    return all("#tiles > div").stream()
        .filter(one -> one.findElement(By.tagName("dt")).getText().equals(tile))
        .map(one -> one.findElement(By.className(part)).getText())
        .findFirst()
        .orElseThrow();
  }

  /** By keyboard, which scrolls there. */
  void press(String selector) {
    await(selector).until(() -> one(selector).isDisplayed());
    one(selector).sendKeys(Keys.ENTER);
  }

  /** Presses, and says yes to the question. */
  void pressAndConfirm(String selector) {
    press(selector);
    await("the question").until(() -> one("#confirm").isDisplayed());
    one("#confirm-verb").click();
  }

  public void useKey(String key) {
    one("#key").sendKeys(key + Keys.ENTER);
    if (key.equals(Service.ADMIN_KEY)) {
      await("the key to be known").until(() -> one("#pause").getAttribute("aria-disabled") == null);
    }
  }

  /** What an accessibility check finds that keeps people out. */
  public List<String> seriousViolations() {
    return new AxeBuilder()
        .analyze(driver()).getViolations().stream()
            .filter(rule -> List.of("serious", "critical").contains(rule.getImpact()))
            .map(Page::words)
            .toList();
  }

  private static String words(Rule rule) {
    return rule.getId()
        + ": "
        + rule.getNodes().stream().map(node -> node.getHtml() + node.getFailureSummary()).toList();
  }

  public ConditionFactory await(String what) {
    return Awaitility.await(what)
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(100))
        .ignoreExceptions();
  }

  /** A number as the page has it. */
  static String count(JsonNode value) {
    return String.format(Locale.ROOT, "%,d", value.asLong());
  }

  /** A share as the page has it; undefined ones, too. */
  static String percent(JsonNode value) {
    return value.isNull() ? "–" : String.format(Locale.ROOT, "%.1f%%", 100 * value.asDouble());
  }

  /** Whether a rate is shown that moves while one looks: within a quarter, or a tenth near 0. */
  static boolean isAbout(String shown, JsonNode value) {
    if (!shown.matches("[0-9,]+([.][0-9])?")) {
      return false;
    }
    double expected = value.asDouble();
    double found = Double.parseDouble(shown.replace(",", ""));
    return Math.abs(found - expected) <= Math.max(0.1, expected / 4);
  }

  /** A size as the page has it. */
  static String bytes(JsonNode value) {
    double megabytes = value.asDouble() / 1e6;
    return megabytes >= 1000
        ? String.format(Locale.ROOT, "%.1f GB", megabytes / 1000)
        : String.format(Locale.ROOT, "%.0f MB", megabytes);
  }

  /** A script of the tests. */
  static String script(String name) {
    try {
      return Files.readString(Path.of("src/test/resources/page", name), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    browser.close();
  }
}
