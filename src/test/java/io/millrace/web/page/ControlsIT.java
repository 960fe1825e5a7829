package io.millrace.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.OneAtATime;
import io.millrace.testing.Service;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openqa.selenium.Keys;

/** The buttons that send commands. */
@ExtendWith(SharedPage.class)
@OneAtATime
class ControlsIT {

  private static final String NETWORK = "Failed to load resource";

  private final PageRun run;
  private final Page page;

  ControlsIT(PageRun run) {
    this.run = run;
    this.page = run.page();
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
    assertThat(state()).isNotEqualTo("paused");
  }

  @Test
  void aKeyThatIsNotKnownIsRefused() {
    // When
    page.useKey("no-key-of-this-service");

    // Then
    page.await("the key to be refused")
        .until(() -> page.text("#control-problem").equals("This key is not known here"));
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
    assertThat(state()).isEqualTo("paused");
    page.await("the answer").until(() -> page.text("#control-answer").startsWith("pause: done"));
    assertThat(page.focused()).isEqualTo("resume");

    // When
    page.press("#resume");

    // Then
    page.await("training again").until(() -> page.text("#state").equals("idle"));
    assertThat(state()).isEqualTo("idle");
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
    long before = run.training().get("currentVersion").asLong();

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
    assertThat(run.training().get("currentVersion").asLong()).isEqualTo(before + 1);
    page.await("its row")
        .until(() -> page.text("#versions tbody tr").startsWith((before + 1) + " current"));
  }

  private String state() {
    return run.training().get("state").asText();
  }
}
