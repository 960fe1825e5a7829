package io.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.version.RolledBack;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is made of a lineage that a crash has interrupted: a version rebuilt, a roll-back ({@code
 * ./mvnw -Pfaults verify}).
 */
class CrashedLineages {

  @TempDir private Path folder;

  @Test
  void underThreePartitionsAndTimedChunksAVersionIsRebuiltFromTheJournalBitForBit()
      throws IOException, InterruptedException {
    // Given chunks whose records depend on when each partition delivered, and idle steps
    CrashRun run = new CrashRun("partitions", 3, folder).with("millrace.replay.passes", "2");

    // When
    Outcome crashed =
        run.run(
            service -> {
              service.dieAt(CrashPoint.AFTER_JOURNAL, 9);
              service.dieAt(CrashPoint.BEFORE_RENAME, 4);
            });

    // Then
    crashed.assertWhole();
    CrashRecoveryIT.assertRebuilt(run, crashed);
  }

  @Test
  void theRollBackThatAnOwnerDiesInIsMadeByTheNext() throws Exception {
    // Given
    CrashRun run = new CrashRun("roll-back", 1, folder);
    assertThat(run.run(service -> {}).versions()).hasSizeGreaterThan(1);

    // When
    run.dieAt(
        CrashPoint.IN_ROLL_BACK,
        """
        {"id": "back", "command": "roll-back", "version": 1, "data": "skip"}""");
    assertThat(rollBacks(run.stream())).isEmpty();
    run.runUntil(() -> !rollBacks(run.stream()).isEmpty());

    // Then
    assertThat(rollBacks(run.stream()))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.get("data").get("command").asText()).isEqualTo("back");
              assertThat(event.get("data").get("version").asLong()).isEqualTo(1);
            });
    assertThat(run.stream().events("metrics"))
        .filteredOn(record -> record.get("type").asText().equals("command"))
        .extracting(record -> record.get("outcome").asText())
        .containsExactly("done");
  }

  private static List<JsonNode> rollBacks(TinyStream stream) throws IOException {
    return stream.events("versions").stream()
        .filter(event -> event.get("type").asText().equals(RolledBack.TYPE))
        .toList();
  }
}
