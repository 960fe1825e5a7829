package io.millrace.web.limits;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.PositiveOrZero;

/**
 * Request rates per caller. A caller above its rate gets 429 and the time to wait before a retry.
 */
@ConfigMapping(prefix = "millrace.limits")
public interface LimitSettings {

  /**
   * Most requests to {@code /api/} and {@code /q/}, health apart, from one address (of IPv6, one
   * /64) in a second, and as many at once; 0 for no limit. More than two cores answer: it stops
   * mistakes and floods, no user. A request counts once, however many inputs it has ({@code
   * millrace.serving.max-inputs}).
   */
  @WithDefault("2000")
  @PositiveOrZero
  int requestsPerSecond();

  /**
   * Most commands of administrators in a minute; 0 for no limit. Each command causes a checkpoint
   * of its own.
   */
  @WithDefault("60")
  @PositiveOrZero
  int commandsPerMinute();

  /**
   * Most wrong credentials from one address in a minute, after which none of its credentials is
   * looked at; 0 for no limit. It ends guessing.
   */
  @WithDefault("30")
  @PositiveOrZero
  int wrongCredentialsPerMinute();
}
