package io.millrace.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.OneAtATime;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kill -9 of a process that does nothing but save. */
@OneAtATime
class CheckpointKillIT {

  private static final int KILLS = 8;

  @TempDir Path root;

  @Test
  void whateverMomentItIsKilledAtTheLastSavedOneIsWhole() throws Exception {
    // Given
    SplittableRandom random = new SplittableRandom(7);
    long halfWritten = 0;
    for (int kill = 0; kill < KILLS; kill++) {

      // When
      long acknowledged = saveAndKill(random.nextInt(1, 4), random.nextInt(60_000_000));

      // Then
      halfWritten += leftovers();
      Checkpoint newest = new FolderCheckpointStore(root, 2).newest().orElseThrow().checkpoint();
      assertThat(newest.step()).isBetween(acknowledged, acknowledged + 1);
      Units.assertSame(newest, Units.at(newest.step(), EndlessSaving.VALUES));
    }
    assertThat(halfWritten).as("some kills came in the middle of a save").isPositive();
    Units.save(new FolderCheckpointStore(root, 2), 2, Units.at(1000));
    assertThat(leftovers()).as("the next owner removes them").isZero();
  }

  /** Kills the process some nanoseconds after it said that it had saved so many. */
  private long saveAndKill(int saves, long nanos) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                EndlessSaving.class.getName(),
                root.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    long last = 0;
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (int i = 0; i < saves; i++) {
        last = Long.parseLong(out.readLine());
      }
      long until = System.nanoTime() + nanos;
      while (System.nanoTime() < until) {
        Thread.onSpinWait();
      }
      process.toHandle().destroyForcibly(); // leaves what it printed readable, unlike Process's own
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        last = Long.parseLong(line);
      }
    } finally {
      process.destroyForcibly();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
    return last;
  }

  private long leftovers() throws IOException {
    try (Stream<Path> children = Files.list(root)) {
      return children.filter(path -> path.getFileName().toString().startsWith(".")).count();
    }
  }
}
