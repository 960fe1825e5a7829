package io.millrace.web.page;

import static io.millrace.web.page.Page.percent;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.storage.Json;
import io.millrace.testing.OneAtATime;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The form that asks two versions for a prediction. */
@ExtendWith(SharedPage.class)
@OneAtATime
class PredictionFormIT {

  private final PageRun run;
  private final Page page;

  PredictionFormIT(PageRun run) {
    this.run = run;
    this.page = run.page();
  }

  @Test
  void bothVersionsAnswerSideBySide() throws IOException, InterruptedException {
    // Given
    page.await("a previous version").until(() -> run.predict("previous").statusCode() == 200);

    // When
    page.one("#text").sendKeys("very good", Keys.chord(Keys.CONTROL, Keys.ENTER));

    // Then
    page.await("an answer").until(() -> !page.all("#answer tbody tr").isEmpty());
    JsonNode current = Json.MAPPER.readTree(run.predict("current").body());
    JsonNode previous = Json.MAPPER.readTree(run.predict("previous").body());
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
}
