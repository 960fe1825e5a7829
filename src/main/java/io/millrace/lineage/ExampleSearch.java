package io.millrace.lineage;

import io.millrace.commit.Stores;
import io.millrace.config.PipelineConfig;
import io.millrace.config.PipelineException;
import io.millrace.example.InboundRecord;
import io.millrace.example.Partition;
import io.millrace.example.RecordPosition;
import io.millrace.input.Decoded;
import io.millrace.input.ExampleDecoder;
import io.millrace.intake.RecordArchive;
import io.millrace.intake.RecordLog;
import io.millrace.intake.RetriedRecords;
import io.millrace.version.Provenance.OffsetRange;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Finds what became of the records of an id. It reads the whole input that the broker still holds,
 * for the journal knows positions, not ids. Any thread; each search reads anew.
 */
public final class ExampleSearch {

  private static final int AT_ONCE = 1_000;

  /** Records of one id: more are no example and its corrections, but an id that says nothing. */
  static final int MOST_RECORDS = 10_000;

  private final String model;
  private final RecordArchive archive;
  private final RetriedRecords retried;
  private final RecordOutcomes lineages;

  public ExampleSearch(PipelineConfig config, Stores stores, RecordArchive archive) {
    this.model = config.model().name();
    this.archive = archive;
    this.retried =
        new RetriedRecords(
            config.inputs(),
            new ExampleDecoder(config.example(), config.task()),
            archive::open,
            () -> true);
    this.lineages = new RecordOutcomes(stores.journal(), retried::isHeldOut, stores.identity());
  }

  /**
   * Looks for an id.
   *
   * @param id as in the record, or {@code topic-partition@offset} for a record without one
   * @param atMost how long it may take
   * @throws PipelineException where it takes longer, or the broker does not answer
   */
  public Found find(String id, Duration atMost) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    Map<Partition, OffsetRange> searched = new TreeMap<>();
    Map<RecordPosition, Decoded> records = new LinkedHashMap<>();
    try (RecordLog log = archive.open()) {
      for (String topic : archive.inputs()) {
        for (Map.Entry<Partition, OffsetRange> partition : log.partitions(topic).entrySet()) {
          searched.put(partition.getKey(), partition.getValue());
          long end = partition.getValue().to();
          for (long from = partition.getValue().from(); from < end; from += AT_ONCE) {
            if (System.nanoTime() > deadline) {
              throw new PipelineException(
                  "the search was ended after %d s in %s at offset %d of %d"
                      .formatted(atMost.toSeconds(), partition.getKey(), from, end));
            }
            log.read(partition.getKey(), from, Math.min(from + AT_ONCE, end))
                .forEach(record -> keep(record, id, records));
            if (records.size() > MOST_RECORDS) {
              throw new PipelineException(
                  "more than %d records have this id, in %s up to offset %d: read the topic instead"
                      .formatted(MOST_RECORDS, partition.getKey(), Math.min(from + AT_ONCE, end)));
            }
          }
        }
      }
    }
    if (records.isEmpty()) {
      return new Found(id, List.of(), searched);
    }
    return new Found(
        id,
        lineages.outcomes(
            records,
            archive.announced(model),
            archive.refusals(records.keySet(), lineages.identity()::since),
            archive.topicIds()),
        searched);
  }

  private void keep(InboundRecord record, String id, Map<RecordPosition, Decoded> records) {
    Decoded decoded = retried.decode(record);
    String its =
        decoded instanceof Decoded.Accepted accepted
            ? accepted.example().id()
            : decoded instanceof Decoded.Retraction retraction
                ? retraction.id()
                : record.position().toString();
    if (its.equals(id)) {
      records.put(record.position(), decoded);
    }
  }

  /**
   * What was found.
   *
   * @param records in the order of their positions
   * @param searched offsets looked at: what retention deleted before them cannot be found
   */
  public record Found(
      String id, List<ExampleRecord> records, Map<Partition, OffsetRange> searched) {

    public Found {
      records = List.copyOf(records);
      searched = Map.copyOf(searched);
    }
  }
}
