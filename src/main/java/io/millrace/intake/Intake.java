package io.millrace.intake;

import io.millrace.config.PipelineException;
import io.millrace.example.Amendment;
import io.millrace.example.DeadLetter;
import io.millrace.example.InboundRecord;
import io.millrace.example.InputPositions;
import io.millrace.example.LabelSet;
import io.millrace.example.LabelledExample;
import io.millrace.example.LookAlikes;
import io.millrace.example.OutputSpace;
import io.millrace.example.Target;
import io.millrace.task.Resolution;
import io.millrace.task.Task;
import io.millrace.tokenize.HeldOutExample;
import io.millrace.tokenize.TokenizedExample;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Reads and labels what arrives, and queues it for the training thread. While the label set is
 * being learned everything is held. One caller at a time (the intake worker).
 */
public final class Intake {

  private static final Logger LOG = Logger.getLogger(Intake.class);

  private final RecordReader reader;
  private final ChunkQueue queue;
  private final LabelSetDiscovery learner;
  private final CompletableFuture<OutputSpace> labels;
  private final Task task;
  private final Consumer<Amendment> onAmendment;
  private final LookAlikes lookAlikes = new LookAlikes();
  private boolean labelsSeen;
  private volatile InputPositions positions;

  /**
   * @param learner holds what arrives before the label set is known
   * @param labels completed when the label set is known from the start, else completed here
   * @param task says what a target is in them
   * @param start where reading starts
   * @param onAmendment told of each record that has an id, or retracts one; in order
   */
  public Intake(
      RecordReader reader,
      ChunkQueue queue,
      LabelSetDiscovery learner,
      CompletableFuture<OutputSpace> labels,
      Task task,
      InputPositions start,
      Consumer<Amendment> onAmendment) {
    this.reader = reader;
    this.queue = queue;
    this.learner = learner;
    this.labels = labels;
    this.task = task;
    this.positions = start;
    this.onAmendment = onAmendment;
  }

  /** Behind the last record received. Any thread. */
  public InputPositions positions() {
    return positions;
  }

  /**
   * See {@link RecordReceiver#receive}.
   *
   * @throws java.util.concurrent.CancellationException once the ownership has ended
   */
  public void receive(List<InboundRecord> records) throws InterruptedException {
    List<InboundRecord> fresh = records.stream().filter(this::isNew).toList();
    for (PendingRecord pending : reader.read(fresh, positions)) {
      if (!labels.isDone()) {
        hold(pending);
      } else {
        enqueue(pending);
      }
      positions = positions.after(pending.record().position());
    }
  }

  private void enqueue(PendingRecord pending) throws InterruptedException {
    IntakeItem arrival = arrival(pending);
    arrival.amendment().ifPresent(onAmendment);
    queue.add(arrival);
  }

  private void hold(PendingRecord pending) throws InterruptedException {
    Optional<LabelSet> learned = learner.learn(pending, isNotToLearnFrom(pending));
    if (learned.isPresent()) {
      labels.complete(learned.get());
      for (PendingRecord earlier : learner.release()) {
        enqueue(earlier);
      }
    }
  }

  /** After a rebalance the source may deliver again what is already here. */
  private boolean isNew(InboundRecord record) {
    return record.position().offset()
        >= positions.of(record.position().topic(), record.position().partition()).orElse(0);
  }

  private boolean isNotToLearnFrom(PendingRecord pending) {
    return pending instanceof PendingRecord.Example example
        && (example.outdated().isPresent() || reader.isHeldOut(example.example()));
  }

  private IntakeItem arrival(PendingRecord pending) {
    if (pending instanceof PendingRecord.Refused refused) {
      return new IntakeItem.ToRefuse(refused.letter());
    }
    if (pending instanceof PendingRecord.Retraction retraction) {
      return new IntakeItem.ToRetract(retraction.record(), retraction.origin(), retraction.id());
    }
    PendingRecord.Example item = (PendingRecord.Example) pending;
    return item.outdated().isPresent()
        ? new IntakeItem.OutOfDate(arrival(item), item.outdated().get())
        : arrival(item);
  }

  private IntakeItem arrival(PendingRecord.Example item) {
    OutputSpace known = labels.join();
    if (!labelsSeen) {
      labelsSeen = true;
      lookAlikes.known(known.names()).forEach(LOG::warn);
    }
    Resolution found = task.resolve(item.example().target(), known);
    if (found instanceof Resolution.Known place) {
      return labelled(item, place.target());
    }
    if (found instanceof Resolution.Grows grows) {
      return new IntakeItem.ToLabel(
          item.record(),
          item.example().position(),
          item.example().id(),
          grows.name(),
          index -> labelled(item, grows.target().apply(index)));
    }
    if (found instanceof Resolution.Refused refused) {
      item.example().target().asName().flatMap(lookAlikes::unknown).ifPresent(LOG::warn);
      return new IntakeItem.ToRefuse(
          new DeadLetter(item.record(), refused.reason(), refused.detail()));
    }
    throw new PipelineException(((Resolution.Stops) found).why().apply(item.record().position()));
  }

  private IntakeItem labelled(PendingRecord.Example item, Target target) {
    LabelledExample example = item.example();
    if (reader.isHeldOut(example)) {
      return new IntakeItem.ToScore(
          item.record(),
          new HeldOutExample(
              example.id(),
              item.text(),
              target,
              example.eventTime(),
              example.position(),
              example.slice()));
    }
    return new IntakeItem.ToTrain(
        item.record(),
        new TokenizedExample(
            example.id(),
            item.text(),
            target,
            example.weight(),
            example.eventTime(),
            example.position()));
  }
}
