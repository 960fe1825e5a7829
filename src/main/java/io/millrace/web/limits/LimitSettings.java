package io.millrace.web.limits;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.PositiveOrZero;

/** How often callers may ask. One who asks more often is answered 429, and when to come back. */
@ConfigMapping(prefix = "millrace.limits")
public interface LimitSettings {

  /**
   * Most requests to {@code /api/} and {@code /q/}, health apart, from one address (of IPv6, one
   * /64) in a second, and as many at once; 0 for no limit. It is more than two cores answer: it
   * stops mistakes and floods, no user. A request counts once, however many inputs it has ({@code
   * millrace.serving.max-inputs}). Behind a proxy set {@code
   * quarkus.http.proxy.proxy-address-forwarding=true}, or all callers are one.
   *
   * <p>Unit: requests a second.
   */
  @WithDefault("2000")
  @PositiveOrZero
  int requestsPerSecond();

  /**
   * Most commands of administrators in a minute; 0 for no limit. Each makes a checkpoint of its
   * own.
   *
   * <p>Unit: commands a minute.
   */
  @WithDefault("60")
  @PositiveOrZero
  int commandsPerMinute();

  /**
   * Most wrong credentials from one address in a minute; after that none of its credentials is
   * looked at. 0 for no limit. It ends guessing.
   *
   * <p>Unit: requests a minute.
   */
  @WithDefault("30")
  @PositiveOrZero
  int wrongCredentialsPerMinute();
}
