package io.millrace.kafka;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import jakarta.validation.constraints.Pattern;

/** The topics' names. Several models on one cluster usually share none of them but the metrics. */
@ConfigMapping(prefix = "millrace.topics")
public interface TopicSettings {

  /** What Kafka takes for a name. */
  String NAME = "(?!\\.{1,2}$)[A-Za-z0-9._-]{1,249}";

  String NAME_RULE = "must be 1 to 249 letters, digits, '.', '_', '-'";

  /** Topic of the examples to train on. */
  @WithDefault("millrace.examples")
  @Pattern(regexp = NAME, message = NAME_RULE)
  String examples();

  /** Topic of the examples that are only scored, never trained on. */
  @WithName("heldout")
  @WithDefault("millrace.heldout")
  @Pattern(regexp = NAME, message = NAME_RULE)
  String heldOut();

  /**
   * Topic of refused examples that {@code replay} sends back, trained on and held-out ones: the
   * model's own, kept for ever, written by {@code replay} only, so that other consumers of the
   * producers' topics see nothing twice.
   */
  @WithDefault("millrace.retry")
  @Pattern(regexp = NAME, message = NAME_RULE)
  String retry();

  /** Topic on which versions are announced. */
  @WithDefault("millrace.versions")
  @Pattern(regexp = NAME, message = NAME_RULE)
  String versions();

  /** Topic of step and evaluation records. Models may share it. */
  @WithDefault("millrace.metrics")
  @Pattern(regexp = NAME, message = NAME_RULE)
  String metrics();

  /** Topic of refused records. */
  @WithDefault("millrace.dead-letter")
  @Pattern(regexp = NAME, message = NAME_RULE)
  String deadLetter();

  /**
   * Topic of commit records, by which the next owner knows what was sent; nobody else reads it.
   * Compacted: the last record of a model must outlive the offsets of its consumer group.
   */
  @WithDefault("millrace.commits")
  @Pattern(regexp = NAME, message = NAME_RULE)
  String commits();

  /** Topic of operators' commands. Whoever may write to it decides what is published. */
  @WithDefault("millrace.control")
  @Pattern(regexp = NAME, message = NAME_RULE)
  String control();

  /**
   * Whether missing topics are made at start-up, with the broker's default partitions and
   * replication. Off, because most clusters want that decided elsewhere.
   */
  @WithDefault("false")
  boolean create();
}
