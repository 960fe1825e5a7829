package io.millrace.web.page;

import static io.millrace.web.page.Page.count;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.Service;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/**
 * The page while its service is rolled back or killed. It has a run of its own, because after
 * either the others would find another history; its tests may run in any order.
 */
class InterruptionIT {

  private static PageRun run;

  private final Page page = run.page();

  @BeforeAll
  static void start() throws IOException {
    run = PageRun.start(Path.of("target", "interruption-it.log"));
  }

  @AfterAll
  static void stop() throws IOException {
    if (run != null) {
      run.close();
    }
  }

  @BeforeEach
  void open() {
    run.open();
  }

  @AfterEach
  void nothingIsWrong() {
    SharedPage.nothingIsWrong(page);
  }

  @Test
  void aRollBackAsksFirstAndThenTheOlderVersionIsCurrent() {
    // Given a version that is some steps ahead of its parent
    run.stream().examples(64);
    run.awaitTrained();
    run.publish();
    run.open();
    page.useKey(Service.ADMIN_KEY);
    long now = run.training().get("currentVersion").asLong();
    long parent = run.get("/api/v1/versions/" + now).get("parent").asLong();
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
    assertThat(run.training().get("currentVersion").asLong()).isEqualTo(parent);
    page.await("the answer").until(() -> page.text("#control-answer").contains(": done, "));
    page.await("the mark")
        .until(
            () ->
                page.one("#versions [data-standing=ROLLED_BACK]")
                    .getText()
                    .startsWith(now + " rolled back"));
    assertThat(run.get("/api/v1/versions").get(0).get("standing").asText())
        .isEqualTo("ROLLED_BACK");

    // When training goes on
    run.awaitIdle();
    run.stream().examples(128);
    run.publish();

    // Then the curves go on to the right
    page.await("a mark")
        .until(
            () ->
                page.marks().contains("rolled back, asked for by command")
                    && page.marks().contains("training went on from step"));
  }

  @Test
  void afterAKillThePageComesBackByItselfAndCatchesUp() throws IOException {
    // Given
    page.driver().executeScript("window.sameThroughout = true");
    int decisions = page.all("#decisions tbody tr").size();
    assertThat(decisions).isPositive();

    // When
    run.kill();

    // Then
    page.await("the loss").until(() -> page.text("#connection").equals("reconnecting…"));

    // When
    run.stream().examples(128);
    run.restart();
    run.awaitTrained();

    // Then
    page.await("the connection").until(() -> page.text("#connection").equals("live"));
    page.await("what came meanwhile")
        .until(
            () ->
                page.tile("Examples trained").equals(count(run.training().get("examplesTrained"))));
    assertThat(page.all("#decisions tbody tr")).hasSizeGreaterThanOrEqualTo(decisions);
    assertThat(page.driver().executeScript("return window.sameThroughout")).isEqualTo(true);
    assertThat(page.browser().errors())
        .isNotEmpty()
        .allSatisfy(error -> assertThat(error).contains("net::ERR"));
  }
}
