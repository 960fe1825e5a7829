package io.millrace.owner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.run.MemoryArtifacts;
import io.millrace.version.ArtifactStore;
import io.millrace.version.VersionKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClaimedArtifactsTest {

  private static final VersionKey KEY = new VersionKey(1, 4);
  private static final Path FOLDER = Path.of("versions");

  private final MemoryArtifacts store = new MemoryArtifacts();

  @Test
  void nothingIsSentToAnotherClustersStoreAndNothingRemovedFromIt() {
    // Given
    store.owner.set("first");
    store.versions.put(KEY, true);
    ArtifactStore second = new ClaimedArtifacts(store, Optional.of("second"), false);

    // Then
    String rule = "the versions there are of Kafka cluster first";
    assertThatThrownBy(() -> second.send(KEY, FOLDER, List.of())).hasMessage(rule);
    assertThatThrownBy(second::held).hasMessage(rule);
    assertThatThrownBy(() -> second.remove(KEY)).hasMessage(rule);
    assertThat(store.attempts).hasValue(0);
    assertThat(store.versions).containsKey(KEY);
  }

  @Test
  void itIsClaimedWithTheFirstUseOnceItCanBeReached() throws IOException {
    // Given
    store.outage.set("away");
    ArtifactStore claimed = new ClaimedArtifacts(store, Optional.of("first"), false);
    assertThatThrownBy(claimed::held).hasMessage("away");

    // When
    store.outage.set(null);
    claimed.send(KEY, FOLDER, List.of());

    // Then
    assertThat(store.owner).hasValue("first");
    assertThat(claimed.held()).hasSize(1);
  }

  @Test
  void anAcceptedClusterTakesTheOthersPlace() throws IOException {
    // Given
    store.owner.set("first");

    // When
    new ClaimedArtifacts(store, Optional.of("second"), true).send(KEY, FOLDER, List.of());

    // Then
    assertThat(store.owner).hasValue("second");
  }

  @Test
  void ofBrokersThatTellNoIdNothingIsCompared() throws IOException {
    // When
    new ClaimedArtifacts(store, Optional.empty(), false).send(KEY, FOLDER, List.of());

    // Then
    assertThat(store.owner).hasValue(null);
  }
}
