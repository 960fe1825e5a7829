package io.millrace.web.page;

import static io.millrace.web.page.Page.script;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the page costs the reader's machine. */
@ExtendWith(SharedPage.class)
class PageDrawBench {

  private static final int DRAWS = 10;

  private final PageRun run;
  private final Page page;

  PageDrawBench(PageRun run) {
    this.run = run;
    this.page = run.page();
  }

  @Test
  void aDayOfHistoryDoesNotSlowThePageDown() {
    // When
    page.visit(run.url("/#day"));
    page.await("the day").until(() -> page.marks().contains("version 1000"));
    double before = page.browser().cpuSeconds();
    page.driver().executeAsyncScript(script("ten-draws.js"));
    double draw = (page.browser().cpuSeconds() - before) / DRAWS;

    // Then drawing it twice a second leaves most of the processor free
    System.out.printf("a day of history: a draw takes %.0f ms of the processor%n", 1000 * draw);
    assertThat(draw).isLessThan(0.1);
  }
}
