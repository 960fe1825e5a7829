package io.millrace.kafka;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;

/** The topics' names. Several models on one cluster usually share none of them but the metrics. */
@ConfigMapping(prefix = "millrace.topics")
public interface TopicSettings {

  /** Topic of the examples to train on. */
  @WithDefault("millrace.examples")
  String examples();

  /** Topic of the examples that are only scored, never trained on. */
  @WithName("heldout")
  @WithDefault("millrace.heldout")
  String heldOut();

  /** Topic on which new versions are announced. */
  @WithDefault("millrace.versions")
  String versions();

  /** Topic of step and evaluation records. */
  @WithDefault("millrace.metrics")
  String metrics();

  /** Topic of refused records. */
  @WithDefault("millrace.dead-letter")
  String deadLetter();

  /** Topic of operators' commands. Whoever may write to it decides what is published. */
  @WithDefault("millrace.control")
  String control();

  /**
   * Whether missing topics are made at start-up, with the broker's default partitions and
   * replication. Off, because most clusters want that decided elsewhere.
   */
  @WithDefault("false")
  boolean create();
}
