package io.millrace.serving.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.problem.OpenProblems;
import io.millrace.problem.Outlook;
import io.millrace.serving.NoVersionException;
import io.millrace.serving.Predictor;
import io.millrace.serving.VersionRouter;
import io.millrace.serving.model.ServingModel;
import io.millrace.serving.model.TextInput;
import io.millrace.storage.DurableFolder;
import io.millrace.testing.Labels;
import io.millrace.testing.RollBacks;
import io.millrace.testing.Versions;
import io.millrace.version.ArtifactFile;
import io.millrace.version.ArtifactSource;
import io.millrace.version.FolderVersionStore;
import io.millrace.version.ModelVersion;
import io.millrace.version.Retention;
import io.millrace.version.RolledBack;
import io.millrace.version.VerifiedArtifacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VersionMirrorTest {

  private static final List<TextInput> ONE = List.of(new TextInput("a text", Optional.empty()));
  private static final Retention RETENTION = new Retention(2, Optional.empty(), Duration.ZERO);

  @TempDir private Path folder;

  private final OpenProblems problems = new OpenProblems();
  private FolderVersionStore store;
  private FolderVersionStore trainers;
  private long nanoTime;
  private int fetches;
  private int loads;
  private boolean unusable;

  @BeforeEach
  void openStore() throws IOException {
    store = new FolderVersionStore(folder.resolve("replica"));
    trainers = new FolderVersionStore(folder.resolve("versions"));
  }

  @Test
  void theNewestVersionIsFetchedAndAnswersAndOldFilesGo() throws IOException {
    // Given
    Replica replica = replica(Optional.empty());
    for (long number = 1; number <= 4; number++) {
      // When
      replica.mirror.published(published(number));
      replica.mirror.caughtUp();

      // Then
      assertThat(replica.answeredBy()).isEqualTo(number);
    }
    assertThat(store.list()).extracting(ModelVersion::version).containsExactly(3L, 4L);
    assertThat(store.folder(4, Versions.TERM).resolve("config.json")).hasContent("{\"v\": 4}");
    assertThat(store.folder(4, Versions.TERM)).isDirectoryNotContaining(Files::isDirectory);
    assertThat(fetches).isEqualTo(4);
  }

  @Test
  void aPinnedVersionAnswersAlthoughTheCurrentOneIsDamaged() throws IOException {
    // Given
    Replica replica = replica(Optional.of(2L));
    for (long number = 1; number <= 3; number++) {
      replica.mirror.published(published(number));
    }
    damage(3);

    // When
    replica.mirror.caughtUp();

    // Then
    assertThat(replica.answeredBy()).isEqualTo(2);
    assertThat(replica.predictor.problem().get())
        .startsWith("version 3 is refused, predictions stay as they are: ")
        .contains("config.json is damaged");
    assertThat(problems.all())
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.place()).isEqualTo("serving");
              assertThat(problem.outlook()).isEqualTo(Outlook.RETRIES);
              assertThat(problem.cause()).isEqualTo(replica.predictor.problem().get());
            });
  }

  @Test
  void aDamagedVersionLeavesTheOneBeforeAndIsFetchedAgainAfterLongerAndLongerPauses()
      throws IOException {
    // Given
    Replica replica = replica(Optional.empty());
    replica.mirror.published(published(1));
    replica.mirror.caughtUp();
    replica.mirror.published(published(2));
    damage(2);
    fetches = 0;

    // When it looks again every second for three minutes
    StringBuilder tried = new StringBuilder();
    for (int second = 0; second < 180; second++) {
      nanoTime = Duration.ofSeconds(second).toNanos();
      int before = fetches;
      replica.mirror.caughtUp();
      tried.append(fetches > before ? " " + second : "");
      assertThat(replica.answeredBy()).isEqualTo(1);
      assertThat(replica.predictor.problem().get()).startsWith("version 2 is refused");
    }

    // Then
    assertThat(tried).hasToString(" 0 5 15 35 75 135");

    // And the next good one does not wait
    replica.mirror.published(published(3));
    replica.mirror.caughtUp();
    assertThat(replica.answeredBy()).isEqualTo(3);
    assertThat(replica.predictor.problem()).isEmpty();
    assertThat(problems.all()).isEmpty();
  }

  @Test
  void aVersionThatCannotBeLoadedIsNotTriedAtEachLook() throws IOException {
    // Given
    Replica replica = replica(Optional.empty());
    replica.mirror.published(published(1));
    unusable = true;

    // When
    for (int second = 0; second < 30; second++) {
      nanoTime = Duration.ofSeconds(second).toNanos();
      replica.mirror.caughtUp();
    }

    // Then it was at 0, 5 and 15 seconds
    assertThat(loads).isEqualTo(3);
    unusable = false;
    nanoTime = Duration.ofSeconds(35).toNanos();
    replica.mirror.caughtUp();
    assertThat(replica.answeredBy()).isEqualTo(1);
  }

  @Test
  void aRollBackIsFollowed() throws IOException {
    // Given
    Replica replica = replica(Optional.empty());
    replica.mirror.published(published(1));
    replica.mirror.published(published(2));
    replica.mirror.caughtUp();

    // When
    replica.mirror.rolledBack(rolledBackTo(1, 2));
    replica.mirror.caughtUp();

    // Then
    assertThat(replica.answeredBy()).isEqualTo(1);
  }

  @Test
  void whatACrashLeftHalfFetchedIsRemovedAndFetchedAgain() throws IOException {
    // Given a folder in the making, and one whose mark is missing
    ModelVersion version = published(1);
    Path half = Files.createDirectories(folder.resolve("replica/.writing-7-4"));
    store.add(1, Versions.TERM, aside -> {}, (aside, files) -> version);

    // When
    Replica replica = replica(Optional.empty());
    replica.mirror.published(version);
    replica.mirror.caughtUp();

    // Then
    assertThat(half).doesNotExist();
    assertThat(replica.answeredBy()).isEqualTo(1);
    assertThat(store.folder(1, Versions.TERM).resolve("config.json")).exists();
  }

  @Test
  void aRefusedVersionLeavesNothingBehind() throws IOException {
    // Given
    Replica replica = replica(Optional.empty());
    replica.mirror.published(published(1));
    damage(1);

    // When
    replica.mirror.caughtUp();

    // Then
    try (Stream<Path> left = Files.list(folder.resolve("replica"))) {
      assertThat(left.filter(Files::isDirectory)).isEmpty();
    }
    assertThatThrownBy(replica::answeredBy).isInstanceOf(NoVersionException.class);
  }

  @Test
  void whileTheTopicNamesNoVersionTheTrainersCurrentOneAnswersUntilALaterIsAnnounced()
      throws IOException {
    // Given a trainer that rolled back from 3 to 2
    for (long number = 1; number <= 3; number++) {
      ModelVersion version = published(number);
      trainers.add(number, Versions.TERM, aside -> {}, (aside, files) -> version);
      trainers.markAnnounced(version);
    }
    trainers.markCurrent(rolledBackTo(2, 3));
    Replica replica = replica(Optional.empty());

    // When a topic without a record is read to its end
    boolean isKnown = replica.mirror.caughtUp();

    // Then
    assertThat(isKnown).isTrue();
    assertThat(replica.answeredBy()).isEqualTo(2);

    // And when
    replica.mirror.published(published(4));
    replica.mirror.caughtUp();

    // Then
    assertThat(replica.answeredBy()).isEqualTo(4);
  }

  @Test
  void aModelThatBeganAnewAnswersWithItsLowerNumbersAndSoDoesWhatWasRolledBackUnseen()
      throws IOException {
    // Given a folder with version 7 of the model's earlier life
    Replica before = replica(Optional.empty());
    before.mirror.published(published(7));
    before.mirror.caughtUp();
    assertThat(before.answeredBy()).isEqualTo(7);

    // When the topic, made anew, has only 1, then 2, then a roll-back to 1, then 3
    Replica replica = replica(Optional.empty());
    for (long number = 1; number <= 2; number++) {
      replica.mirror.published(published(number));
      replica.mirror.caughtUp();
      assertThat(replica.answeredBy()).isEqualTo(number);
    }
    replica.mirror.rolledBack(rolledBackTo(1, 2));
    replica.mirror.caughtUp();
    replica.mirror.caughtUp();

    // Then
    assertThat(replica.answeredBy()).isEqualTo(1);
    replica.mirror.published(published(3));
    replica.mirror.caughtUp();
    assertThat(replica.answeredBy()).isEqualTo(3);
  }

  @Test
  void whereNobodyKnowsAVersionTheMirrorSaysSo() throws IOException {
    assertThat(replica(Optional.empty()).mirror.caughtUp()).isFalse();
  }

  private static RolledBack rolledBackTo(long version, long last) {
    return RollBacks.to(version).from(last).by("c").build();
  }

  private Replica replica(Optional<Long> pin) {
    Predictor predictor =
        new Predictor(
            store,
            this::load,
            Labels.TASK,
            new VersionRouter(pin, 0),
            false,
            problems,
            Runnable::run);
    ArtifactSource files = new VerifiedArtifacts(Map.of());
    ArtifactSource counted =
        (version, into) -> {
          fetches++;
          return files.fetch(version, into);
        };
    return new Replica(
        predictor,
        new VersionMirror(
            store,
            new KnownVersions("default", trainers, Optional.empty()),
            counted,
            predictor,
            pin,
            RETENTION,
            () -> nanoTime));
  }

  private ServingModel load(ModelVersion version) throws IOException {
    loads++;
    if (unusable) {
      throw new IOException("no model");
    }
    return new Spam();
  }

  private ModelVersion published(long number) throws IOException {
    Path artifact = Files.createDirectories(folder.resolve("trainer/" + number));
    Path config = Files.writeString(artifact.resolve("config.json"), "{\"v\": " + number + "}");
    return Versions.at(
        number,
        artifact.toUri().toString(),
        List.of(new ArtifactFile("config.json", Files.size(config), DurableFolder.sha256(config))));
  }

  private void damage(long number) throws IOException {
    Files.writeString(folder.resolve("trainer/" + number + "/config.json"), "{\"v\": 0}");
  }

  private record Replica(Predictor predictor, VersionMirror mirror) {
    long answeredBy() {
      return predictor.predict(ONE).join().version();
    }
  }

  private record Spam() implements ServingModel {
    @Override
    public CompletableFuture<float[][]> logits(List<TextInput> inputs) {
      float[][] logits = new float[inputs.size()][];
      Arrays.fill(logits, new float[] {0, 1});
      return CompletableFuture.completedFuture(logits);
    }

    @Override
    public void close() {}
  }
}
