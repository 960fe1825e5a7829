package io.millrace.web.page;

import static io.millrace.web.page.Page.count;
import static io.millrace.web.page.Page.percent;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.testing.OneAtATime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openqa.selenium.WebElement;

/** The table of versions and what is told of each. */
@ExtendWith(SharedPage.class)
@OneAtATime
class VersionsIT {

  private final PageRun run;
  private final Page page;

  VersionsIT(PageRun run) {
    this.run = run;
    this.page = run.page();
  }

  @Test
  void eachVersionHasItsRowWithTheGatesDecision() {
    // Given
    JsonNode versions = run.get("/api/v1/versions");

    // Then
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
  }

  @Test
  void aVersionsLineageIsToldWhereItIsAskedFor() {
    for (JsonNode version : run.get("/api/v1/versions")) {
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
  void whoReadsATableStaysThereWhenItGrows() {
    for (String reader :
        List.of("[aria-label='Gate decisions']", "[data-key='lineage 1 summary']")) {
      // Given
      page.driver().executeScript("document.querySelector(arguments[0]).focus()", reader);
      String place = page.focused();
      String newest = page.text("#decisions tbody tr");
      String version = page.text("#versions tbody tr");

      // When
      run.publish();
      page.await("another row")
          .until(
              () ->
                  !page.text("#decisions tbody tr").equals(newest)
                      && !page.text("#versions tbody tr").equals(version));

      // Then
      assertThat(page.focused()).isEqualTo(place);
    }
  }
}
