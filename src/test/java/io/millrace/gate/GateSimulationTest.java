package io.millrace.gate;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.gate.Reigns.Kind;
import io.millrace.testing.Documents;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the gate's error rate means, over a thousand reigns of each kind ({@code -Pslow}). */
@Tag("slow")
class GateSimulationTest {

  private static final int REIGNS = 1_000;

  /** P(Bin(1000, 0.05) <= 38) = 0.043: the share is below 5% beyond doubt. */
  private static final int MOST = 38;

  /** Reigns that published one, by what was simulated. */
  private static final Map<String, Integer> PUBLISHED = new TreeMap<>();

  @AfterAll
  static void theDocumentsStateTheSharesThatWereFound() throws IOException {
    if (PUBLISHED.size() < Kind.values().length) {
      return; // some of them only
    }
    String text = Documents.text("explanation/gate.md").replaceAll("\\s+", " ");
    assertThat(text)
        .contains(
            "`GateSimulationTest`), %s of reigns publish one in the first mode, %s in the second, %s where the two take turns, at most %s by loss."
                .formatted(
                    range("SUPERIOR, discordant"),
                    range("NON_INFERIOR, discordant"),
                    range("freshness overdue"),
                    share(most("by loss"))));
  }

  /** As in "2.0 to 3.0%"; one number where both are the same. */
  private static String range(String what) {
    int least =
        PUBLISHED.entrySet().stream()
            .filter(entry -> entry.getKey().startsWith(what))
            .mapToInt(Map.Entry::getValue)
            .min()
            .orElseThrow();
    return least == most(what)
        ? share(least)
        : "%.1f to %s".formatted(100.0 * least / REIGNS, share(most(what)));
  }

  private static int most(String what) {
    return PUBLISHED.entrySet().stream()
        .filter(
            entry ->
                what.equals("by loss")
                    ? entry.getKey().contains(what)
                    : entry.getKey().startsWith(what))
        .mapToInt(Map.Entry::getValue)
        .max()
        .orElseThrow();
  }

  private static String share(int published) {
    return "%.1f%%".formatted(100.0 * published / REIGNS);
  }

  @ParameterizedTest
  @EnumSource
  void fewerThanOneInTwentyReignsPublish(Kind kind) {
    // When
    int published = Reigns.published(kind, REIGNS);

    // Then
    System.out.printf("%s: %d of %d reigns published%n", kind, published, REIGNS);
    PUBLISHED.put(kind.toString(), published);
    assertThat(published).isLessThanOrEqualTo(MOST);
  }
}
