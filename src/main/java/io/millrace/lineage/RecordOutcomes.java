package io.millrace.lineage;

import io.millrace.config.PipelineException;
import io.millrace.example.Partition;
import io.millrace.example.RecordPosition;
import io.millrace.identity.RunIdentity;
import io.millrace.identity.StoreIdentity;
import io.millrace.input.Decoded;
import io.millrace.intake.RecordArchive;
import io.millrace.journal.BatchJournal;
import io.millrace.journal.JournalEntry;
import io.millrace.journal.JournalPosition;
import io.millrace.lineage.ExampleRecord.Outcome;
import io.millrace.version.DataSince;
import io.millrace.version.ModelVersion;
import io.millrace.version.Provenance.OffsetRange;
import io.millrace.version.RolledBack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** What the journal says about single records, as far back as it is kept. */
public final class RecordOutcomes {

  private final BatchJournal journal;
  private final Predicate<RecordPosition> heldOut;
  private final StoreIdentity store;

  /**
   * @param heldOut whether an example of that position is scored only
   * @param store tells which of the topics of one name is read
   */
  RecordOutcomes(BatchJournal journal, Predicate<RecordPosition> heldOut, StoreIdentity store) {
    this.journal = journal;
    this.heldOut = heldOut;
    this.store = store;
  }

  /**
   * What became of records.
   *
   * @param announced of the model
   * @param refusals reasons of those that were dead-lettered
   * @param topicIds of the topics that the records are in; those without one are missing
   */
  List<ExampleRecord> outcomes(
      Map<RecordPosition, Decoded> records,
      RecordArchive.Announced announced,
      Map<RecordPosition, String> refusals,
      Map<String, String> topicIds) {
    try {
      RunIdentity read = identity();
      JournaledRecords now = JournaledRecords.of(journal.kept(), records.keySet(), read::epoch);
      Map<RecordPosition, List<Long>> versions = versions(records, announced.versions(), read);
      List<ExampleRecord> outcomes = new ArrayList<>();
      records.forEach(
          (position, decoded) ->
              outcomes.add(
                  ofAnotherTopic(position, read, topicIds)
                      .orElseGet(
                          () ->
                              outcome(
                                  position,
                                  decoded,
                                  now,
                                  skipped(position, announced.rollBacks(), read),
                                  versions.getOrDefault(position, List.of()),
                                  Optional.ofNullable(refusals.get(position))))));
      return outcomes;
    } catch (IOException | UncheckedIOException e) {
      throw new PipelineException("the journal cannot be read: " + e.getMessage(), e);
    }
  }

  /** What the model belongs to; where the store does not say, all topics are the first. */
  RunIdentity identity() {
    try {
      return store.read().orElse(RunIdentity.NONE);
    } catch (IOException e) {
      throw new PipelineException("the store's identity cannot be read: " + e.getMessage(), e);
    }
  }

  /** Of a record that the model could not read: its topic is another, or it was left out. */
  private static Optional<ExampleRecord> ofAnotherTopic(
      RecordPosition position, RunIdentity read, Map<String, String> topicIds) {
    String topic = position.topic();
    Optional<String> known =
        Optional.ofNullable(read.topics().get(topic)).flatMap(RunIdentity.TopicIdentity::id);
    Optional<String> now = Optional.ofNullable(topicIds.get(topic));
    if (known.isPresent() && now.isPresent() && !known.equals(now)) {
      return Optional.of(
          ExampleRecord.unread(
              position,
              Outcome.UNKNOWN,
              Optional.of(
                  "topic %s was made anew: the model read the one with the id %s, this record is of that with %s"
                      .formatted(topic, known.get(), now.get()))));
    }
    Partition partition = position.inPartition();
    return read.change(topic)
        .filter(change -> position.offset() < change.begun().getOrDefault(partition, 0L))
        .map(
            change ->
                ExampleRecord.unread(
                    position,
                    Outcome.SKIPPED,
                    Optional.of(
                        "when topic %s was accepted in the place of an earlier one, reading began behind it, at offset %d"
                            .formatted(topic, change.begun().get(partition)))));
  }

  private ExampleRecord outcome(
      RecordPosition position,
      Decoded decoded,
      JournaledRecords line,
      Optional<RolledBack> skippedBy,
      List<Long> versions,
      Optional<String> refusal) {
    Optional<JournalEntry.Chunk> chunk = line.chunk(position);
    if (chunk.isEmpty() && skippedBy.isPresent()) {
      Outcome outcome = outcome(position, decoded, refusal, Outcome.SKIPPED);
      return ExampleRecord.unread(
          position,
          outcome,
          outcome == Outcome.SKIPPED
              ? Optional.of("the roll-back to version " + skippedBy.get().version())
              : outcome == Outcome.REFUSED ? refusal : Optional.empty());
    }
    if (chunk.isEmpty()) {
      return line.isYetToCome(position)
          ? ExampleRecord.unread(position, Outcome.WAITING, Optional.empty())
          : ExampleRecord.unread(position, Outcome.UNKNOWN, Optional.of(line.beginning()));
    }
    Optional<Outcome> skipped =
        chunk.get().skipped().stream()
            .filter(skip -> skip.position().equals(position))
            .map(skip -> Outcome.valueOf(skip.kind().name()))
            .findFirst();
    Outcome outcome = skipped.orElseGet(() -> outcome(position, decoded, refusal, Outcome.TRAINED));
    return new ExampleRecord(
        position,
        outcome,
        outcome == Outcome.REFUSED ? refusal : Optional.empty(),
        Optional.of(chunk.get().at().chunks()),
        outcome == Outcome.TRAINED ? versions : List.of());
  }

  /**
   * Of a record that was read.
   *
   * @param example what an example to train on came to
   */
  private Outcome outcome(
      RecordPosition position, Decoded decoded, Optional<String> refusal, Outcome example) {
    if (decoded instanceof Decoded.Retraction) {
      return Outcome.RETRACTION;
    }
    if (refusal.isPresent() || decoded instanceof Decoded.Refused) {
      return Outcome.REFUSED;
    }
    RecordPosition origin =
        decoded instanceof Decoded.Accepted accepted ? accepted.example().position() : position;
    return heldOut.test(origin) ? Outcome.HELD_OUT : example;
  }

  /** The roll-back that skipped a record; one behind it that replays may read it after all. */
  private static Optional<RolledBack> skipped(
      RecordPosition position, List<RolledBack> rollBacks, RunIdentity read) {
    Instant since = read.since(position.topic()).orElse(Instant.MIN);
    Partition partition = position.inPartition();
    Optional<RolledBack> found = Optional.empty();
    for (RolledBack one : rollBacks) {
      if (one.time().isBefore(since)) {
        continue; // it skipped records of an earlier topic
      }
      OffsetRange range = one.skipped().get(partition);
      if (range != null && range.from() <= position.offset() && position.offset() < range.to()) {
        found = Optional.of(one);
      } else if (one.data() == DataSince.REPLAY) {
        found = Optional.empty();
      }
    }
    return found;
  }

  /**
   * The versions with each record in a chunk of their lineage, by the journal of their own term.
   */
  private Map<RecordPosition, List<Long>> versions(
      Map<RecordPosition, Decoded> records, List<ModelVersion> announced, RunIdentity read)
      throws IOException {
    Map<Long, JournaledRecords> ofTerm = new HashMap<>();
    Map<RecordPosition, List<Long>> versions = new HashMap<>();
    for (ModelVersion version : announced) {
      Optional<JournalPosition> end = end(version);
      if (end.isEmpty()) {
        continue;
      }
      if (!ofTerm.containsKey(version.term())) {
        ofTerm.put(
            version.term(),
            JournaledRecords.of(journal.kept(version.term()), records.keySet(), read::epoch));
      }
      for (RecordPosition position : records.keySet()) {
        if (ofTerm
            .get(version.term())
            .chunk(position)
            .filter(chunk -> !chunk.at().isAtOrBehind(end.get()))
            .isPresent()) {
          versions.computeIfAbsent(position, p -> new ArrayList<>()).add(version.version());
        }
      }
    }
    return versions;
  }

  /** Where a version stands in the journal; empty where it was made before there was one. */
  public static Optional<JournalPosition> end(ModelVersion version) {
    long idleSteps = version.provenance().replayed().map(r -> r.idleSteps()).orElse(0L);
    return version.provenance().chunks().map(chunks -> new JournalPosition(chunks, idleSteps));
  }
}
