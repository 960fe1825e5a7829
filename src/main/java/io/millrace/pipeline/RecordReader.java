package io.millrace.pipeline;

import io.millrace.example.DeadLetter;
import io.millrace.example.DeadLetter.Reason;
import io.millrace.example.Decoded;
import io.millrace.example.ExampleDecoder;
import io.millrace.example.InboundRecord;
import io.millrace.example.LabelledExample;
import io.millrace.example.TimeSource;
import io.millrace.tokenize.TextTokenizer;
import io.millrace.tokenize.Tokenization;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Decodes and tokenizes records, those of one poll at once. Each comes to its own result, whatever
 * is in the others. Any thread.
 */
final class RecordReader {

  private final ExampleDecoder decoder;
  private final TextTokenizer tokenizer;
  private final IntConsumer replacedTimes;

  /**
   * @param replacedTimes told how many timestamps of a poll were replaced, where any were
   */
  RecordReader(ExampleDecoder decoder, TextTokenizer tokenizer, IntConsumer replacedTimes) {
    this.decoder = decoder;
    this.tokenizer = tokenizer;
    this.replacedTimes = replacedTimes;
  }

  /** One result a record, in order; texts are tokenized on all cores. */
  List<PendingRecord> read(List<InboundRecord> records) {
    List<Decoded> decoded = records.stream().map(decoder::decode).toList();
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
    Iterator<Tokenization> texts = tokenizer.tokenize(examples).iterator();
    List<PendingRecord> pending = new ArrayList<>();
    for (int i = 0; i < records.size(); i++) {
      if (decoded.get(i) instanceof Decoded.Accepted accepted) {
        pending.add(pending(records.get(i), accepted.example(), texts.next()));
      } else if (decoded.get(i) instanceof Decoded.Retraction retraction) {
        pending.add(new PendingRecord.Retraction(records.get(i), retraction.id()));
      } else if (decoded.get(i) instanceof Decoded.Refused refused) {
        pending.add(new PendingRecord.Refused(refused.letter()));
      }
    }
    return pending;
  }

  private static PendingRecord pending(
      InboundRecord record, LabelledExample example, Tokenization tokenized) {
    if (tokenized instanceof Tokenization.Tokens tokens) {
      return new PendingRecord.Example(record, example, tokens.text());
    }
    return new PendingRecord.Refused(
        new DeadLetter(
            record, Reason.UNSUPPORTED_BY_BASE, ((Tokenization.Refused) tokenized).rule()));
  }
}
