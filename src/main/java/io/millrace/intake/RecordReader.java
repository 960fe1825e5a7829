package io.millrace.intake;

import io.millrace.example.DeadLetter;
import io.millrace.example.DeadLetter.Reason;
import io.millrace.example.InboundRecord;
import io.millrace.example.InputPositions;
import io.millrace.example.LabelledExample;
import io.millrace.example.RecordPosition;
import io.millrace.example.TimeSource;
import io.millrace.input.Decoded;
import io.millrace.tokenize.TextTokenizer;
import io.millrace.tokenize.Tokenization;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * Decodes and tokenizes records, those of one poll at once. Each comes to its own result, whatever
 * is in the others. One caller at a time.
 */
public final class RecordReader {

  private final RetriedRecords retried;
  private final TextTokenizer tokenizer;
  private final IntConsumer replacedTimes;

  /**
   * @param retried decodes, those that are sent back as well
   * @param replacedTimes told how many timestamps of a poll were replaced, where any were
   */
  public RecordReader(RetriedRecords retried, TextTokenizer tokenizer, IntConsumer replacedTimes) {
    this.retried = retried;
    this.tokenizer = tokenizer;
    this.replacedTimes = replacedTimes;
  }

  /** Whether an example is scored only. */
  boolean isHeldOut(LabelledExample example) {
    return retried.isHeldOut(example.position());
  }

  /**
   * One result a record, those that are sent back first, else in order; texts are tokenized on all
   * cores.
   *
   * @param before where reading had come to before them
   * @throws java.util.concurrent.CancellationException once the ownership has ended
   */
  List<PendingRecord> read(List<InboundRecord> polled, InputPositions before)
      throws InterruptedException {
    List<InboundRecord> records =
        polled.stream()
            .map(retried::sentThen)
            .sorted(Comparator.comparing(record -> !retried.isRetried(record)))
            .toList();
    List<Decoded> decoded = records.stream().map(retried::decode).toList();
    List<LabelledExample> examples = new ArrayList<>();
    int replaced = 0;
    for (Decoded one : decoded) {
      if (one instanceof Decoded.Accepted accepted) {
        examples.add(accepted.example());
        replaced += accepted.time() == TimeSource.REPLACED ? 1 : 0;
      }
    }
    if (replaced > 0) {
      replacedTimes.accept(replaced);
    }
    Map<RecordPosition, RetriedRecords.Verdict> verdicts = verdicts(records, decoded, before);
    Iterator<Tokenization> texts = tokenizer.tokenize(examples).iterator();
    List<PendingRecord> pending = new ArrayList<>();
    for (int i = 0; i < records.size(); i++) {
      if (decoded.get(i) instanceof Decoded.Accepted accepted) {
        pending.add(
            pending(
                records.get(i),
                accepted.example(),
                texts.next(),
                Optional.ofNullable(verdicts.get(records.get(i).position()))));
      } else if (decoded.get(i) instanceof Decoded.Retraction retraction) {
        pending.add(
            new PendingRecord.Retraction(
                records.get(i), retraction.record().position(), retraction.id()));
      } else if (decoded.get(i) instanceof Decoded.Refused refused) {
        pending.add(new PendingRecord.Refused(refused.letter()));
      }
    }
    return pending;
  }

  /** What became meanwhile of those that are sent back. */
  private Map<RecordPosition, RetriedRecords.Verdict> verdicts(
      List<InboundRecord> records, List<Decoded> decoded, InputPositions before)
      throws InterruptedException {
    Map<InboundRecord, LabelledExample> again = new LinkedHashMap<>();
    for (int i = 0; i < records.size(); i++) {
      if (decoded.get(i) instanceof Decoded.Accepted accepted
          && retried.isRetried(records.get(i))) {
        again.put(records.get(i), accepted.example());
      }
    }
    return retried.verdicts(again, before);
  }

  private static PendingRecord pending(
      InboundRecord record,
      LabelledExample example,
      Tokenization tokenized,
      Optional<RetriedRecords.Verdict> verdict) {
    if (verdict.isPresent() && verdict.get() instanceof RetriedRecords.Verdict.Unknown unknown) {
      return new PendingRecord.Refused(new DeadLetter(record, Reason.OUTDATED, unknown.why()));
    }
    if (tokenized instanceof Tokenization.Tokens tokens) {
      return new PendingRecord.Example(
          record,
          example,
          tokens.text(),
          verdict
              .map(RetriedRecords.Verdict.Amended.class::cast)
              .map(RetriedRecords.Verdict.Amended::kind));
    }
    return new PendingRecord.Refused(
        new DeadLetter(
            record, Reason.UNSUPPORTED_BY_BASE, ((Tokenization.Refused) tokenized).rule()));
  }
}
