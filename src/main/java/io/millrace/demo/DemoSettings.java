package io.millrace.demo;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Positive;
import java.nio.file.Path;

/** The demo. Dev mode turns broker and feed on where no bootstrap servers are configured. */
@ConfigMapping(prefix = "millrace.demo")
public interface DemoSettings {

  /** Starts a Kafka broker inside the service. Dev mode only: its jars are not packaged. */
  @WithDefault("false")
  boolean broker();

  /**
   * Sends the shipped mail stream to the examples and held-out topics, so that there is something
   * to learn.
   */
  @WithDefault("false")
  boolean feed();

  /**
   * Mails per second, held-out ones included: about ten minutes for all of them, which two cores
   * train on without growing lag.
   *
   * <p>Unit: mails a second.
   */
  @WithDefault("10")
  @Positive
  double feedRate();

  /** Folder of the broker's data, which outlives the service: the next start goes on from there. */
  @WithDefault(".millrace")
  Path folder();

  /**
   * Port of the broker on localhost; any free one if it is taken.
   *
   * <p>Unit: port.
   */
  @WithDefault("9092")
  @Min(1)
  @Max(65535)
  int port();
}
