package io.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.storage.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultReportTest {

  @TempDir private Path folder;

  @Test
  void killsAndBrokerFaultsAreInOneFileWithWhatWasNotWhole() throws IOException {
    // Given
    Path file = folder.resolve("faults/report.json");
    FaultReport report = new FaultReport(file);

    // When
    report.add(new FaultReport.Fault("kill", "SENT", Optional.of(false), true, true, true));
    report.add(new FaultReport.Fault("broker", "frozen-3s", Optional.empty(), true, true, true));

    // Then
    JsonNode written = Json.MAPPER.readTree(file.toFile());
    assertThat(written.findValuesAsText("point")).containsExactly("SENT", "frozen-3s");
    assertThat(written.findValuesAsText("kind")).containsExactly("kill", "broker");
    assertThat(written.at("/0/weightsEqual").asBoolean(true)).isFalse();
    assertThat(written.at("/1/weightsEqual").isNull()).isTrue();
  }
}
