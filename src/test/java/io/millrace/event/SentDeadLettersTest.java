package io.millrace.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.commit.CommitRecord;
import io.millrace.example.Partition;
import io.millrace.example.RecordPosition;
import io.millrace.storage.Json;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SentDeadLettersTest {

  @Test
  void itKnowsExactlyTheRecordsOfWhichLettersWereSent() {
    // Given a thousand of two partitions, in any order, some of them told twice
    Random random = new Random(5);
    List<RecordPosition> sent = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      sent.add(at(random.nextInt(2), random.nextInt(1_500)));
    }
    Collections.shuffle(sent, random);
    Set<RecordPosition> expected = new HashSet<>(sent);

    // When
    SentDeadLetters one = SentDeadLetters.NONE;
    for (int from = 0; from < 1_000; from += 100) {
      one = one.with(sent.subList(from, from + 100));
    }
    SentDeadLetters other =
        SentDeadLetters.NONE
            .with(sent.subList(0, 600))
            .and(SentDeadLetters.NONE.with(sent.subList(400, 1_000)));

    // Then
    for (int partition = 0; partition < 2; partition++) {
      for (long offset = 0; offset < 1_501; offset++) {
        RecordPosition position = at(partition, offset);
        assertThat(one.contains(position))
            .as("%s", position)
            .isEqualTo(expected.contains(position));
      }
    }
    assertThat(other).isEqualTo(one);
    assertThat(one.contains(new RecordPosition("elsewhere", 0, 3))).isFalse();
  }

  @Test
  void consecutiveOnesTakeTheRoomOfOne() {
    SentDeadLetters flood =
        SentDeadLetters.NONE.with(LongStream.range(10, 90_000).mapToObj(o -> at(0, o)).toList());

    assertThat(flood.runs().get(new Partition("t", 0)))
        .isEqualTo(new TreeMap<>(Map.of(10L, 90_000L)));
  }

  @Test
  void whatIsTooMuchIsLetGoOfFromTheOldestAndCountsAsSent() {
    // Given every second record of a partition, and a few of another
    SentDeadLetters many =
        SentDeadLetters.NONE
            .with(List.of(at(1, 3)))
            .with(
                LongStream.range(0, 4 * SentDeadLetters.MAX_RUNS)
                    .mapToObj(o -> at(0, 2 * o))
                    .toList());

    // Then
    assertThat(many.runs().values().stream().mapToInt(Map::size).sum())
        .isLessThanOrEqualTo(SentDeadLetters.MAX_RUNS);
    assertThat(many.runs().get(new Partition("t", 1))).hasSize(1);
    assertThat(many.contains(at(0, 1))).isTrue();
    assertThat(many.contains(at(0, 8 * SentDeadLetters.MAX_RUNS - 2))).isTrue();
    assertThat(many.contains(at(0, 8 * SentDeadLetters.MAX_RUNS - 3))).isFalse();
    assertThat(many.contains(at(1, 1))).isFalse();
  }

  @Test
  void aCommitRecordIsReadAsItWasWritten() throws IOException {
    CommitRecord record =
        new CommitRecord(
            "mail",
            7,
            Optional.of("unit"),
            Map.of(new Partition("t", 0), 5L),
            SentDeadLetters.NONE
                .andAllBefore(Map.of(new Partition("t", 1), 2L))
                .with(List.of(at(0, 3))),
            Instant.parse("2026-11-30T18:00:00Z"));

    assertThat(CommitRecord.parse(record.json())).isEqualTo(record);
    assertThat(Json.MAPPER.readTree(record.json()).at("/letters/runs/t-0/3").asLong()).isEqualTo(4);
  }

  private static RecordPosition at(int partition, long offset) {
    return new RecordPosition("t", partition, offset);
  }
}
