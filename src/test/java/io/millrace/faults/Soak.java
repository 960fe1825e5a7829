package io.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Training without end, and a {@code kill -9} every minute ({@code ./mvnw -Pfaults verify
 * -Dit.test=Soak -Dmillrace.soak.minutes=60}).
 */
class Soak {

  private static final int MINUTES = Integer.getInteger("millrace.soak.minutes", 3);
  private static final long MAX_GROWTH = 64L << 20;

  /** A heap that is there from the start, so that what grows is not the heap. */
  private static final List<String> WHOLE_HEAP = List.of("-Xms640m", "-XX:+AlwaysPreTouch");

  @TempDir private Path folder;

  @Test
  void killedEveryMinuteNothingIsLostOrDoubledAndMemoryStaysFlat() throws Exception {
    // Given a stream that goes on for as long as it takes
    long end = System.nanoTime() + Duration.ofMinutes(MINUTES).toNanos();
    IntPredicate untilTheEnd = examples -> System.nanoTime() < end;
    List<Long> resident = new ArrayList<>();

    // When
    Outcome outcome = new CrashRun("soak", 1, folder).run(untilTheEnd, run -> kill(run, resident));

    // Then
    System.out.printf(
        "soak of %d minutes: %d kills, %d examples, %d versions, %d decisions, %d dead letters; resident at each kill, MB: %s%n",
        MINUTES,
        resident.size(),
        outcome.sent(),
        outcome.versions().size(),
        outcome.decisions().size(),
        outcome.letters().size(),
        resident.stream().map(bytes -> bytes >> 20).toList());
    outcome.assertWhole();
    int half = resident.size() / 2;
    assertThat(median(resident.subList(half, resident.size())))
        .isLessThan(median(resident.subList(0, half)) + MAX_GROWTH);
  }

  private static void kill(CrashRun run, List<Long> resident)
      throws IOException, InterruptedException {
    for (int minute = 0; minute < MINUTES; minute++) {
      resident.add(run.dieAfter(Duration.ofMinutes(1), WHOLE_HEAP));
    }
  }

  private static long median(List<Long> values) {
    List<Long> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }
}
