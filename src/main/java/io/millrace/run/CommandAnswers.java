package io.millrace.run;

import io.millrace.commit.OutboxBuffer;
import io.millrace.control.AnswerOutcome;
import io.millrace.control.Command;
import io.millrace.control.Commands;
import io.millrace.event.MetricRecord;
import io.millrace.time.RunClock;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * What becomes of commands, said to those who asked: part of the commit unit that has what a
 * command changed, and told in the process once the broker has that. Training thread only.
 */
public final class CommandAnswers {

  private static final Logger LOG = Logger.getLogger(CommandAnswers.class);

  private final String model;
  private final LongSupplier steps;
  private final OutboxBuffer outgoing;
  private final Queue<MetricRecord.Commanded> committed;
  private final Consumer<MetricRecord> sinks;
  private final RunClock clock;

  /**
   * @param steps training steps done
   * @param committed answers that the broker has, filled by another thread
   * @param sinks take answers and what else comes of a command
   */
  public CommandAnswers(
      String model,
      LongSupplier steps,
      OutboxBuffer outgoing,
      Queue<MetricRecord.Commanded> committed,
      Consumer<MetricRecord> sinks,
      RunClock clock) {
    this.model = model;
    this.steps = steps;
    this.outgoing = outgoing;
    this.committed = committed;
    this.sinks = sinks;
    this.clock = clock;
  }

  /** Goes with the next unit. */
  void give(Asked asked, AnswerOutcome outcome, String detail) {
    MetricRecord.Commanded answer = of(asked, outcome, detail);
    outgoing.add(answer);
    log(answer);
  }

  /** One that the caller puts into a unit. */
  MetricRecord.Commanded of(Asked asked, AnswerOutcome outcome, String detail) {
    return new MetricRecord.Commanded(
        model,
        clock.now(),
        steps.getAsLong(),
        asked.id(),
        asked.name(),
        outcome,
        detail,
        asked.by(),
        asked.position());
  }

  void log(MetricRecord.Commanded answer) {
    LOG.infof(
        "command %s, %s%s: %s, %s",
        answer.command(),
        answer.name(),
        answer.by().map(by -> " asked for by " + by).orElse(""),
        answer.outcome(),
        answer.detail());
  }

  /** Something else that a command brought about. */
  void show(MetricRecord record) {
    sinks.accept(record);
  }

  /** Tells the process what the broker has by now. */
  void tell() {
    for (MetricRecord.Commanded answer = committed.poll();
        answer != null;
        answer = committed.poll()) {
      sinks.accept(answer);
    }
  }

  /**
   * Who asked, and for what.
   *
   * @param by empty where the command does not say
   * @param position of its record; empty where the gate asked
   */
  record Asked(String id, String name, Optional<String> by, Optional<String> position) {

    static Asked of(Commands.Received received) {
      Command command = received.command();
      return new Asked(
          command.id(), command.name(), command.by(), Optional.of(received.position()));
    }
  }
}
