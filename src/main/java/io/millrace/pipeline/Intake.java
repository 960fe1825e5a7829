package io.millrace.pipeline;

import io.millrace.evaluation.HeldOutExample;
import io.millrace.example.DeadLetter;
import io.millrace.example.DeadLetter.Reason;
import io.millrace.example.Decoded;
import io.millrace.example.ExampleDecoder;
import io.millrace.example.InboundRecord;
import io.millrace.example.LabelSet;
import io.millrace.example.LabelledExample;
import io.millrace.example.UnknownLabel;
import io.millrace.tokenize.TextTokenizer;
import io.millrace.tokenize.TokenizedExample;
import io.millrace.tokenize.TokenizedText;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/**
 * Decodes, tokenizes and labels what arrives, and queues it for the training thread. While the
 * label set is being learned everything is held. One caller at a time (the intake worker).
 */
final class Intake {

  private final ExampleDecoder decoder;
  private final TextTokenizer tokenizer;
  private final ChunkQueue queue;
  private final String heldOutTopic;
  private final LabelLearner learner;
  private final CompletableFuture<LabelSet> labels;
  private final UnknownLabel unknown;
  private final List<Pending> held = new ArrayList<>();
  private volatile InputPositions positions;

  /**
   * @param heldOutTopic records of this topic are scored only, all others are trained on
   * @param labels completed when the label set is known from the start, else completed here
   * @param unknown what becomes of labels that are none of these
   * @param start where reading starts
   */
  Intake(
      ExampleDecoder decoder,
      TextTokenizer tokenizer,
      ChunkQueue queue,
      String heldOutTopic,
      LabelLearner learner,
      CompletableFuture<LabelSet> labels,
      UnknownLabel unknown,
      InputPositions start) {
    this.decoder = decoder;
    this.tokenizer = tokenizer;
    this.queue = queue;
    this.heldOutTopic = heldOutTopic;
    this.learner = learner;
    this.labels = labels;
    this.unknown = unknown;
    this.positions = start;
  }

  /** Behind the last record received. Any thread. */
  InputPositions positions() {
    return positions;
  }

  /**
   * See {@link RecordReceiver#receive}.
   *
   * @throws java.util.concurrent.CancellationException once the ownership has ended
   */
  void receive(List<InboundRecord> records) throws InterruptedException {
    for (Pending pending : pending(records)) {
      if (!labels.isDone()) {
        hold(pending);
      } else {
        queue.add(arrival(pending));
      }
      positions = positions.after(pending.record().position());
    }
  }

  private void hold(Pending pending) throws InterruptedException {
    held.add(pending);
    if (pending instanceof Pending.Example example && !isHeldOut(example.record())) {
      Optional<LabelSet> learned = learner.learn(example.example().label());
      if (learned.isPresent()) {
        labels.complete(learned.get());
        for (Pending earlier : held) {
          queue.add(arrival(earlier));
        }
        held.clear();
      }
    }
  }

  /** Decodes each record that is new, and tokenizes the examples among them on all cores. */
  private List<Pending> pending(List<InboundRecord> records) {
    List<Decoded> decoded = new ArrayList<>();
    List<InboundRecord> fresh = records.stream().filter(this::isNew).toList();
    fresh.forEach(record -> decoded.add(decoder.decode(record)));
    List<LabelledExample> examples = new ArrayList<>();
    for (Decoded one : decoded) {
      if (one instanceof Decoded.Accepted accepted) {
        examples.add(accepted.example());
      }
    }
    Iterator<TokenizedText> texts = tokenizer.tokenize(examples).iterator();
    List<Pending> pending = new ArrayList<>();
    for (int i = 0; i < fresh.size(); i++) {
      if (decoded.get(i) instanceof Decoded.Accepted accepted) {
        pending.add(new Pending.Example(fresh.get(i), accepted.example(), texts.next()));
      } else if (decoded.get(i) instanceof Decoded.Retraction retraction) {
        pending.add(new Pending.Retraction(fresh.get(i), retraction.id()));
      } else if (decoded.get(i) instanceof Decoded.Refused refused) {
        pending.add(new Pending.Refused(refused.letter()));
      }
    }
    return pending;
  }

  /** After a rebalance the source may deliver again what is already here. */
  private boolean isNew(InboundRecord record) {
    return record.position().offset()
        >= positions.of(record.position().topic(), record.position().partition()).orElse(0);
  }

  private boolean isHeldOut(InboundRecord record) {
    return record.position().topic().equals(heldOutTopic);
  }

  private Arrival arrival(Pending pending) {
    if (pending instanceof Pending.Refused refused) {
      return new Arrival.ToRefuse(refused.letter());
    }
    if (pending instanceof Pending.Retraction retraction) {
      return new Arrival.ToRetract(retraction.record(), retraction.id());
    }
    Pending.Example item = (Pending.Example) pending;
    OptionalInt label = labels.join().indexOf(item.example().label());
    return label.isPresent() ? labelled(item, label.getAsInt()) : unknown(item, labels.join());
  }

  private Arrival unknown(Pending.Example item, LabelSet known) {
    return switch (unknown) {
      case DEAD_LETTER ->
          new Arrival.ToRefuse(
              new DeadLetter(
                  item.record(), Reason.UNKNOWN_LABEL, "\"label\" is none of " + known.names()));
      case GROW ->
          new Arrival.ToLabel(
              item.record(),
              item.example().id(),
              item.example().label(),
              index -> labelled(item, index));
      case REFUSE ->
          throw new PipelineException(
              "the label of record %s is none of %s, and millrace.labels.unknown is refuse: nothing behind it is read. Let it be dead-letter or grow, or mend the producer and begin with another millrace.model.name"
                  .formatted(item.record().position(), known.names()));
    };
  }

  private Arrival labelled(Pending.Example item, int label) {
    LabelledExample example = item.example();
    if (isHeldOut(item.record())) {
      return new Arrival.ToScore(
          item.record(),
          new HeldOutExample(
              example.id(),
              item.text(),
              label,
              example.eventTime(),
              example.position(),
              example.slice()));
    }
    return new Arrival.ToTrain(
        item.record(),
        new TokenizedExample(
            example.id(),
            item.text(),
            label,
            example.weight(),
            example.eventTime(),
            example.position()));
  }

  /** A record that is decoded but whose label index is not known yet. */
  private sealed interface Pending {
    InboundRecord record();

    record Example(InboundRecord record, LabelledExample example, TokenizedText text)
        implements Pending {}

    record Retraction(InboundRecord record, String id) implements Pending {}

    record Refused(DeadLetter letter) implements Pending {
      @Override
      public InboundRecord record() {
        return letter.record();
      }
    }
  }
}
