package io.millrace.web.page;

import static io.millrace.web.page.Page.count;
import static io.millrace.web.page.Page.percent;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.testing.OneAtATime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What the page shows of evaluations: the current version's scores, the gate's decisions, drift.
 */
@ExtendWith(SharedPage.class)
@OneAtATime
class EvaluationsIT {

  private final PageRun run;
  private final Page page;
  private JsonNode champion;

  EvaluationsIT(PageRun run) {
    this.run = run;
    this.page = run.page();
  }

  /** Its newest evaluation compares two versions where the champion is still the current one. */
  @BeforeEach
  void findTheCurrentVersionsEvaluation() {
    JsonNode last = run.get("/api/v1/evaluations/latest");
    boolean compared = last.get("championVersion").equals(run.training().get("currentVersion"));
    champion =
        compared ? last.get("champion") : run.get("/api/v1/versions").get(0).get("evaluation");
  }

  @Test
  void theMatrixIsTheCurrentVersions() {
    List<String> counts = new ArrayList<>();
    champion.get("confusion").forEach(row -> row.forEach(cell -> counts.add(count(cell))));

    assertThat(page.texts("#champion .matrix tbody td")).isEqualTo(counts);
  }

  @Test
  void theScoresByLabelAreTheCurrentVersions() {
    List<String> scores = new ArrayList<>();
    champion
        .get("classes")
        .forEach(
            label ->
                scores.addAll(
                    List.of(
                        label.get("label").asText(),
                        count(label.get("support")),
                        percent(label.get("precision")),
                        percent(label.get("recall")),
                        percent(label.get("f1")))));

    assertThat(page.texts("#champion [aria-label='Scores by label'] tbody :is(th, td)"))
        .isEqualTo(scores);
  }

  @Test
  void theNewestDecisionStandsFirst() {
    JsonNode evaluations = run.get("/api/v1/metrics/history").get("evaluations");
    JsonNode newest = evaluations.get(evaluations.size() - 1);

    assertThat(page.text("#decisions tbody tr"))
        .contains(
            "step " + count(newest.get("step")),
            "golden set " + percent(newest.get("goldenAccuracy")),
            newest.get("decision").asText());
  }

  @Test
  void driftIsTold() {
    assertThat(page.text("#drift")).contains("the mix of labels has changed");
  }
}
