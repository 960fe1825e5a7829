package io.millrace.web.history;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;

/** What the page and its event stream may cost. */
@ConfigMapping(prefix = "millrace.web")
public interface WebSettings {

  /**
   * Points kept of each curve. When they are full, neighbours are merged, so that a day has no more
   * points than an hour. A screen shows no more than about a thousand.
   *
   * <p>Unit: points.
   */
  @WithDefault("1000")
  @Min(2)
  int historyPoints();

  /**
   * Most event streams open at once, each a browser tab or a tool; one more is answered 503. It
   * bounds what they hold in memory.
   *
   * <p>Unit: streams.
   */
  @WithDefault("64")
  @Min(1)
  int maxEventStreams();

  /**
   * Events that may wait for a slow reader; one more, and its stream is closed. It bounds memory.
   *
   * <p>Unit: events.
   */
  @WithDefault("1024")
  @Min(16)
  int eventBuffer();

  /**
   * Time between two status events of a stream. They also keep an idle connection open: the page
   * gives one up that was silent for 20 s, so this is at most 15 s.
   */
  @WithDefault("1s")
  @DurationMin(nanos = 1, message = "must be longer than 0")
  @DurationMax(seconds = 15, message = "must be at most 15s")
  Duration statusEvery();

  /**
   * Whether refused records are shown as they came, cut to 500 characters, on the page and at
   * {@code /api/v1/dead-letters}. Off by default: only readers of the topics may see texts.
   */
  @WithDefault("false")
  boolean showText();

  /**
   * Longest search for an example's records. It reads the whole input, some 100,000 records a
   * second.
   */
  @WithDefault("30s")
  @DurationMin(nanos = 1, message = "must be longer than 0")
  Duration exampleSearch();
}
