package io.millrace.control;

import io.millrace.version.DataSince;
import java.util.Optional;

/** What an operator asks of the trainer. Sealed: another one is a change of contract. */
public sealed interface Command {

  /** Chosen by the sender: a second command of the same id is ignored. */
  String id();

  /**
   * {@code pause}, {@code resume}, {@code publish}, {@code re-warm} or {@code roll-back}; {@code
   * unreadable} for what is no command.
   */
  String name();

  /** Who asked, as the sender says; empty where that is not told. */
  Optional<String> by();

  /** Trains no more until {@link Resume}, over restarts and take-overs too. */
  record Pause(String id, Optional<String> by) implements Command {
    @Override
    public String name() {
      return "pause";
    }
  }

  /** Trains on. */
  record Resume(String id, Optional<String> by) implements Command {
    @Override
    public String name() {
      return "resume";
    }
  }

  /** Evaluates now and publishes, whatever the gate would say, unless the weights are broken. */
  record Publish(String id, Optional<String> by) implements Command {
    @Override
    public String name() {
      return "publish";
    }
  }

  /** Begins the learning rate's schedule again, as drift may. */
  record ReWarm(String id, Optional<String> by) implements Command {
    @Override
    public String name() {
      return "re-warm";
    }
  }

  /**
   * A record that is no command. It is refused, so that its sender learns of it.
   *
   * @param id the one it gives itself; made of its position where it gives none
   * @param reason the rule it breaks
   */
  record Unreadable(String id, Optional<String> by, String reason) implements Command {
    @Override
    public String name() {
      return "unreadable";
    }
  }

  /**
   * Goes back to a version: its weights, its optimizer, its replay buffer.
   *
   * @param version its number
   * @param data what becomes of the records since
   */
  record RollBack(String id, Optional<String> by, long version, DataSince data) implements Command {
    @Override
    public String name() {
      return "roll-back";
    }
  }

  /**
   * Reads {@code {"id", "command", "by"?, "version"?, "data"?}}.
   *
   * @throws IllegalArgumentException naming the rule broken
   */
  static Command parse(byte[] json) {
    return CommandJson.parse(json);
  }

  /**
   * The same, but what is no command becomes an {@link Unreadable}.
   *
   * @param position {@code topic-partition@offset}
   */
  static Command read(byte[] json, String position) {
    return CommandJson.read(json, position);
  }
}
