package io.millrace.web.page;

import static io.millrace.web.page.Page.script;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.OneAtATime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openqa.selenium.Keys;
import org.openqa.selenium.interactions.Actions;

/** The page by keyboard, for assistive technology, on a phone and in the dark. */
@ExtendWith(SharedPage.class)
@OneAtATime
class AccessibilityIT {

  private final Page page;

  AccessibilityIT(PageRun run) {
    this.page = run.page();
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
}
