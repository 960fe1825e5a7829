package io.millrace.pipeline;

import io.millrace.example.Decoded;
import io.millrace.example.RecordPosition;
import io.millrace.journal.BatchJournal;
import io.millrace.journal.JournalEntry;
import io.millrace.journal.JournalPosition;
import io.millrace.pipeline.ExampleRecord.Outcome;
import io.millrace.publication.ModelVersion;
import io.millrace.publication.Provenance.OffsetRange;
import io.millrace.publication.RolledBack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the journal says about single records, as far back as it is kept. */
final class Lineages {

  private final BatchJournal journal;
  private final String heldOutTopic;

  Lineages(BatchJournal journal, String heldOutTopic) {
    this.journal = journal;
    this.heldOutTopic = heldOutTopic;
  }

  /**
   * What became of records.
   *
   * @param announced of the model
   * @param refusals reasons of those that were dead-lettered
   */
  List<ExampleRecord> outcomes(
      Map<RecordPosition, Decoded> records,
      RecordArchive.Announced announced,
      Map<RecordPosition, String> refusals) {
    try {
      JournaledRecords now = JournaledRecords.of(journal.kept(), records.keySet());
      Map<RecordPosition, List<Long>> versions = versions(records, announced.versions());
      List<ExampleRecord> outcomes = new ArrayList<>();
      records.forEach(
          (position, decoded) ->
              outcomes.add(
                  outcome(
                      position,
                      decoded,
                      now,
                      skipped(position, announced.rollBacks()),
                      versions.getOrDefault(position, List.of()),
                      Optional.ofNullable(refusals.get(position)))));
      return outcomes;
    } catch (IOException | UncheckedIOException e) {
      throw new PipelineException("the journal cannot be read: " + e.getMessage(), e);
    }
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
    return position.topic().equals(heldOutTopic) ? Outcome.HELD_OUT : example;
  }

  /** The roll-back that skipped a record; one behind it that replays may read it after all. */
  private static Optional<RolledBack> skipped(RecordPosition position, List<RolledBack> rollBacks) {
    String partition = InputPositions.key(position.topic(), position.partition());
    Optional<RolledBack> found = Optional.empty();
    for (RolledBack one : rollBacks) {
      OffsetRange range = one.skipped().get(partition);
      if (range != null && range.from() <= position.offset() && position.offset() < range.to()) {
        found = Optional.of(one);
      } else if (one.data().equals(Command.DataSince.REPLAY.name())) {
        found = Optional.empty();
      }
    }
    return found;
  }

  /**
   * The versions with each record in a chunk of their lineage, by the journal of their own term.
   */
  private Map<RecordPosition, List<Long>> versions(
      Map<RecordPosition, Decoded> records, List<ModelVersion> announced) throws IOException {
    Map<Long, JournaledRecords> ofTerm = new HashMap<>();
    Map<RecordPosition, List<Long>> versions = new HashMap<>();
    for (ModelVersion version : announced) {
      Optional<JournalPosition> end = end(version);
      if (end.isEmpty()) {
        continue;
      }
      if (!ofTerm.containsKey(version.term())) {
        ofTerm.put(
            version.term(), JournaledRecords.of(journal.kept(version.term()), records.keySet()));
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
  static Optional<JournalPosition> end(ModelVersion version) {
    long idleSteps = version.provenance().replayed().map(r -> r.idleSteps()).orElse(0L);
    return version.provenance().chunks().map(chunks -> new JournalPosition(chunks, idleSteps));
  }
}
