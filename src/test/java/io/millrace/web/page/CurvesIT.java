package io.millrace.web.page;

import static io.millrace.web.page.Page.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.testing.OneAtATime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The curves of the history, and the marks on them. */
@ExtendWith(SharedPage.class)
@OneAtATime
class CurvesIT {

  private final PageRun run;
  private final Page page;

  CurvesIT(PageRun run) {
    this.run = run;
    this.page = run.page();
  }

  @Test
  @SuppressWarnings("unchecked")
  void theCurvesAndTheirBandsAreTheHistorys() {
    // When
    Map<String, Map<String, Number>> drawn =
        (Map<String, Map<String, Number>>) page.driver().executeAsyncScript(script("drawn.js"));

    // Then each line has its value where the history has one, and none elsewhere
    JsonNode history = run.get("/api/v1/metrics/history");
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

  @Test
  void aDayOfHistoryIsDrawn() {
    // When
    page.visit(run.url("/#day"));

    // Then
    page.await("the day").until(() -> page.marks().contains("version 1000"));
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
    JsonNode first = run.get("/api/v1/versions/1");
    assertThat(String.join("\n", told))
        .contains("version 1, " + first.get("decision").asText())
        .contains("drift: the mix of labels has changed");

    // And the last candidate that was held
    JsonNode held = null;
    for (JsonNode evaluation : run.get("/api/v1/metrics/history").get("evaluations")) {
      held = evaluation.get("outcome").asText().equals("hold") ? evaluation : held;
    }
    assertThat(held).isNotNull();
    assertThat(String.join("\n", told))
        .contains("step " + held.get("step") + ": " + held.get("decision").asText());
  }
}
