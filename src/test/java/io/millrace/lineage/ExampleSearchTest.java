package io.millrace.lineage;

import static io.millrace.run.TinyService.heldOut;
import static io.millrace.run.TinyService.named;
import static io.millrace.run.TinyService.records;
import static io.millrace.run.TinyService.refused;
import static io.millrace.run.TinyService.retraction;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.config.PipelineException;
import io.millrace.example.InboundRecord;
import io.millrace.example.Partition;
import io.millrace.example.RecordPosition;
import io.millrace.intake.RecordArchive;
import io.millrace.intake.RecordLog;
import io.millrace.lineage.ExampleRecord.Outcome;
import io.millrace.run.ListedLog;
import io.millrace.run.ListedSource;
import io.millrace.run.TinyService;
import io.millrace.testing.RollBacks;
import io.millrace.version.DataSince;
import io.millrace.version.ModelVersion;
import io.millrace.version.Provenance.OffsetRange;
import io.millrace.version.RolledBack;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run with a crash, a correction, a retraction and refused records says of each. */
class ExampleSearchTest {

  private static final Duration SOON = Duration.ofMinutes(1);

  @TempDir private Path folder;

  private TinyService service;
  private final List<InboundRecord> log = new ArrayList<>();
  private List<ModelVersion> versions;
  private List<RolledBack> rollBacks = List.of();
  private Map<String, String> topicIds = Map.of();

  @BeforeEach
  void train() throws Exception {
    service = new TinyService(folder);
    service.broker().source(ListedSource.first());
    log.addAll(heldOut(0, 7));
    log.add(named("heldout", 7, "scored", "high"));
    log.add(named("examples", 0, "first", "low"));
    log.addAll(records(1, 21));
    log.addAll(refused(21, 23));
    log.addAll(records(23, 40));
    log.add(named("examples", 40, "a", "high"));
    log.add(named("examples", 41, "b", "low"));
    log.add(named("examples", 42, "a", "low"));
    log.add(retraction("examples", 43, "b"));
    log.addAll(records(44, 56));
    try (TinyService.Instance first = service.instance(Map.of())) {
      first.trainer.takeOver(1);
      first.receive(log.subList(0, 34));
      await().atMost(SOON).until(() -> first.board.status().examplesTrained() >= 16);
      first.trainer.giveUp("a crash");
    }
    try (TinyService.Instance second = service.instance(Map.of())) {
      second.trainer.takeOver(2);
      second.receive(log);
      await()
          .atMost(SOON)
          .until(
              () ->
                  second.board.status().positions().getOrDefault(new Partition("examples", 0), 0L)
                      == 56);
      second.trainer.stop(SOON);
    }
    versions = service.versions().list();
    log.add(named("examples", 56, "late", "low"));
  }

  @Test
  void aTrainedExampleNamesItsChunkAndTheVersionsTrainedOnIt() throws Exception {
    ExampleRecord first = only("first");

    assertThat(first.position()).isEqualTo(new RecordPosition("examples", 0, 0));
    assertThat(first.outcome()).isEqualTo(Outcome.TRAINED);
    assertThat(first.chunk()).isPresent();
    assertThat(first.versions())
        .isNotEmpty()
        .isEqualTo(versions.stream().map(ModelVersion::version).toList());
  }

  @Test
  void aLaterExampleIsOnlyInTheVersionsBehindIt() throws Exception {
    // Given the last record, which no version but the last can have seen
    long last = versions.get(versions.size() - 1).version();

    // When
    List<Long> early = only("examples-0@8").versions();
    List<Long> late = only("examples-0@55").versions();

    // Then
    assertThat(early)
        .as(
            "versions at %s, the later example in chunk %s",
            versions.stream()
                .map(version -> version.key() + "@" + RecordOutcomes.end(version))
                .toList(),
            only("examples-0@55").chunk())
        .contains(last)
        .hasSizeGreaterThan(late.size());
    assertThat(early).containsAll(late);
  }

  @Test
  void correctionsAndRetractionsAreTold() throws Exception {
    assertThat(found("a").records())
        .extracting(ExampleRecord::outcome)
        .containsExactly(Outcome.SUPERSEDED, Outcome.TRAINED);
    assertThat(found("b").records())
        .extracting(ExampleRecord::outcome)
        .containsExactly(Outcome.RETRACTED, Outcome.RETRACTION);
    assertThat(found("b").records()).allSatisfy(one -> assertThat(one.versions()).isEmpty());
  }

  @Test
  void whatWasScoredRefusedOrIsStillToComeIsNotInAnyVersion() throws Exception {
    assertThat(only("scored").outcome()).isEqualTo(Outcome.HELD_OUT);
    assertThat(only("examples-0@21").outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(only("examples-0@21").reason()).contains("UNKNOWN_LABEL");
    assertThat(only("late").outcome()).isEqualTo(Outcome.WAITING);
    for (String id : List.of("scored", "examples-0@21", "late")) {
      assertThat(only(id).versions()).as(id).isEmpty();
    }
  }

  @Test
  void aRecordOfATopicMadeAnewIsNotTakenForTheOneThatStoodThere() throws Exception {
    // Given a topic in the place of the one that was read
    topicIds = Map.of("examples", "examples-id-2");
    assertThat(only("examples-0@39").outcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(only("examples-0@39").reason().orElseThrow())
        .contains("examples-id-1", "examples-id-2");

    // When it is accepted, and a part of it read
    service.broker().source(ListedSource.first().topic("examples", "examples-id-2", 0, 100));
    try (TinyService.Instance owner =
        service.instance(Map.of("accept.new-topic", "examples=examples-id-2@beginning"))) {
      owner.trainer.takeOver(3);
      owner.trainer.receive(3, records(0, 8));
      await()
          .atMost(SOON)
          .until(
              () ->
                  owner.board.status().positions().getOrDefault(new Partition("examples", 0), 0L)
                      == 8);
      owner.trainer.stop(SOON);
    }

    // Then
    assertThat(only("examples-0@39").outcome()).isEqualTo(Outcome.WAITING);
    assertThat(only("examples-0@39").versions()).isEmpty();
    assertThat(only("examples-0@7").outcome()).isEqualTo(Outcome.TRAINED);
    assertThat(only("examples-0@7").versions())
        .as("versions of the earlier topic's record")
        .doesNotContainAnyElementsOf(versions.stream().map(ModelVersion::version).toList());
    assertThat(only("scored").outcome()).isEqualTo(Outcome.HELD_OUT);
  }

  @Test
  void anUnknownIdTellsWhereItWasLookedFor() throws Exception {
    ExampleSearch.Found nothing = found("nobody");

    assertThat(nothing.records()).isEmpty();
    assertThat(nothing.searched())
        .containsOnlyKeys(new Partition("examples", 0), new Partition("heldout", 0));
    assertThat(nothing.searched().get(new Partition("examples", 0)).to()).isEqualTo(57);
  }

  @Test
  void aSearchThatTakesTooLongSaysHowFarItCame() throws IOException {
    ExampleSearch search = search();

    assertThatThrownBy(() -> search.find("first", Duration.ZERO))
        .isInstanceOf(PipelineException.class)
        .hasMessage("the search was ended after 0 s in examples-0 at offset 0 of 57");
  }

  private ExampleRecord only(String id) throws Exception {
    List<ExampleRecord> records = found(id).records();
    assertThat(records).as(id).hasSize(1);
    return records.get(0);
  }

  private ExampleSearch.Found found(String id) throws Exception {
    return search().find(id, SOON);
  }

  private ExampleSearch search() throws IOException {
    return new ExampleSearch(service.config(Map.of()), service.stores(), new Archive());
  }

  @Test
  void whatARollBackSkippedIsToldAndByWhich() throws Exception {
    // Given records behind what was trained on, as a roll-back leaves them
    log.add(named("heldout", 8, "scored too", "low"));
    rollBacks = List.of(rollBack(DataSince.SKIP, 56, 57));

    // Then
    assertThat(only("late").outcome()).isEqualTo(Outcome.SKIPPED);
    assertThat(only("late").reason()).contains("the roll-back to version 1");
    assertThat(only("late").versions()).isEmpty();
    assertThat(only("scored too").outcome()).as("it counts as before").isEqualTo(Outcome.HELD_OUT);
    assertThat(only("first").outcome()).as("in front of it").isEqualTo(Outcome.TRAINED);

    // When another goes back to where they are read again
    rollBacks = List.of(rollBack(DataSince.SKIP, 56, 57), rollBack(DataSince.REPLAY, 0, 0));

    // Then
    assertThat(only("late").outcome()).isEqualTo(Outcome.WAITING);
  }

  private static RolledBack rollBack(DataSince data, long from, long to) {
    return RollBacks.to(1, 1)
        .from(3)
        .data(data)
        .by("on-call-17")
        .because("why")
        .skipped(
            from < to
                ? Map.of(
                    new Partition("examples", 0),
                    new OffsetRange(from, to),
                    new Partition("heldout", 0),
                    new OffsetRange(8, 9))
                : Map.of())
        .build();
  }

  private final class Archive implements RecordArchive {

    @Override
    public List<String> inputs() {
      return List.of("examples", "heldout");
    }

    @Override
    public RecordLog open() {
      return new ListedLog(log);
    }

    @Override
    public Announced announced(String model) {
      return new Announced(versions, rollBacks);
    }

    @Override
    public Map<String, String> topicIds() {
      return topicIds;
    }

    @Override
    public Map<RecordPosition, String> refusals(
        Set<RecordPosition> of, Function<String, Optional<Instant>> since) {
      return Optional.of(new RecordPosition("examples", 0, 21)).filter(of::contains).stream()
          .collect(Collectors.toMap(position -> position, p -> "UNKNOWN_LABEL"));
    }
  }
}
