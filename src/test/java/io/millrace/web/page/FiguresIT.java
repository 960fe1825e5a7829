package io.millrace.web.page;

import static io.millrace.web.page.Page.bytes;
import static io.millrace.web.page.Page.count;
import static io.millrace.web.page.Page.isAbout;
import static io.millrace.web.page.Page.percent;
import static io.millrace.web.page.Page.script;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.testing.OneAtATime;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The page's tiles and names are those of the status. */
@ExtendWith(SharedPage.class)
@OneAtATime
class FiguresIT {

  private final PageRun run;
  private final Page page;

  FiguresIT(PageRun run) {
    this.run = run;
    this.page = run.page();
  }

  @Test
  void theTilesAreTheStatuss() {
    JsonNode training = run.training();

    assertThat(page.tile("Examples trained")).isEqualTo(count(training.get("examplesTrained")));
    assertThat(page.tile("Current version")).isEqualTo(training.get("currentVersion").asText());
    assertThat(page.tile("Held-out accuracy"))
        .isEqualTo(percent(training.at("/lastEvaluation/accuracy")));
    assertThat(page.tile("Prequential accuracy"))
        .isEqualTo(percent(training.get("prequentialAccuracy")));
    assertThat(page.tile("Lag")).isEqualTo("0");
    assertThat(page.tile("Dead letters")).isEqualTo("2");
    assertThat(page.tile("Padding")).isEqualTo(percent(training.get("paddingShare")));
  }

  @Test
  void theDeviceAndTheLabelsAreNamed() {
    assertThat(page.text("#device")).isEqualTo(run.training().get("device").asText());
    assertThat(page.text("#labels")).isEqualTo("low, high");
  }

  @Test
  void ratesAndMemoryFollowTheStatus() {
    page.await("the rates, which fall between one look and the other")
        .until(
            () ->
                isAbout(page.tile("Examples per second"), run.training().get("examplesPerSecond"))
                    && isAbout(
                        page.tile("Tokens per second"), run.training().get("tokensPerSecond")));
    page.await("the memory, which changes")
        .until(
            () ->
                page.tile("Memory")
                    .equals(bytes(run.get("/api/v1/status").at("/memory/resident"))));
  }

  @Test
  @SuppressWarnings("unchecked")
  void afterARestartTheTilesSayWhatTheyAreOf() {
    // When
    Map<String, String> tiles =
        (Map<String, String>) page.driver().executeAsyncScript(script("restarted.js"));

    // Then
    JsonNode current = run.get("/api/v1/versions").get(0);
    assertThat(tiles.get("Held-out accuracy"))
        .startsWith(percent(current.at("/evaluation/accuracy")) + "; ")
        .contains("version " + current.get("version") + " at its publication, ");
    assertThat(tiles.get("Drift")).isEqualTo("none; no signal since the start");
    assertThat(tiles.get("Memory")).contains("; GPU 1.5 GB of 150 GB; ");
  }
}
