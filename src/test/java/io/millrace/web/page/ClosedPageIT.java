package io.millrace.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.Service;
import io.millrace.web.TinyRun;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of a service whose reads are closed and which shows refused records as they came. */
class ClosedPageIT {

  private static final String REFUSED = "<b>refused</b>, I am no JSON";

  @TempDir private static Path folder;
  private static Service service;
  private static Page page;

  @BeforeAll
  static void start() throws IOException {
    page = Page.start();
    TinyRun run = new TinyRun(folder);
    Map<String, String> settings = run.settings(Service.freePort());
    settings.put("millrace.security.closed-reads", "true");
    settings.put("millrace.web.show-text", "true");
    service = Service.start(settings, Path.of("target", "closed-page-it.log"));
    run.heldOut(20);
    run.examples(64);
    run.refused(REFUSED);
    Awaitility.await("the dead letter")
        .atMost(Duration.ofSeconds(60))
        .until(() -> !service.get("/api/v1/dead-letters").get("recent").isEmpty());
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

  @AfterEach
  void forget() {
    page.driver().executeScript("sessionStorage.clear()");
  }

  @Test
  void withoutAKeyThePageShowsNothingAndAsksForOne() {
    // When
    page.open(service.url("/"));

    // Then
    page.await("the question").until(() -> page.one("#key").isDisplayed());
    assertThat(page.text("#connection-problem")).isNotEmpty();
    assertThat(page.text("#connection")).isEqualTo("reconnecting…");
    assertThat(page.tile("Examples trained")).isEqualTo("–");
    assertThat(page.text("#dead-letters")).isEmpty();
    assertThat(page.seriousViolations()).isEmpty();

    // When the key is none of the service's
    page.useKey("no-key-of-this-service");

    // Then
    page.await("the refusal").until(() -> page.one("#key").getAttribute("value").isEmpty());
    assertThat(page.text("#connection")).isEqualTo("reconnecting…");
    assertThat(page.tile("Examples trained")).isEqualTo("–");

    // When
    page.useKey(Service.ADMIN_KEY);

    // Then
    page.await("the connection").until(() -> page.text("#connection").equals("live"));
    page.await("the figures").until(() -> page.tile("Examples trained").equals("64"));
    assertThat(page.text("#connection-problem")).isEmpty();
    assertThat(page.text("#key-known")).isEqualTo("A key is in use in this tab.");
  }

  @Test
  void aRefusedRecordIsShownAsTextWhereASettingAllowsIt() {
    // When
    page.open(service.url("/"));
    page.await("the question").until(() -> page.one("#key").isDisplayed());
    page.useKey(Service.ADMIN_KEY);

    // Then
    page.await("the record").until(() -> page.text("#dead-letters code").equals(REFUSED));
    assertThat(page.all("#dead-letters b")).isEmpty();
  }
}
