package io.millrace.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.testing.OneAtATime;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openqa.selenium.WebElement;

/** The list of refused records. */
@ExtendWith(SharedPage.class)
@OneAtATime
class DeadLettersIT {

  private final PageRun run;
  private final Page page;

  DeadLettersIT(PageRun run) {
    this.run = run;
    this.page = run.page();
  }

  @Test
  void refusedRecordsAreListedByPlaceAndReasonAndNeverByTheirText() {
    // Given
    JsonNode letters = run.get("/api/v1/dead-letters").get("recent");
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
    assertThat(page.driver().getPageSource()).doesNotContain(PageRun.SECRET);
  }
}
