package io.millrace.web.limits;

import io.github.bucket4j.TimeMeter;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** How long a caller that asks too often has to wait. Any thread; never blocks. */
@ApplicationScoped
public class RequestLimits {

  private final Optional<CallerLimits> requests;
  private final Optional<RateLimit> commands;
  private final Optional<CallerLimits> wrongCredentials;

  @Inject
  public RequestLimits(LimitSettings settings) {
    this(settings, TimeMeter.SYSTEM_NANOTIME);
  }

  public RequestLimits(LimitSettings settings, TimeMeter clock) {
    int perSecond = settings.requestsPerSecond();
    int perMinute = settings.commandsPerMinute();
    int wrong = settings.wrongCredentialsPerMinute();
    requests =
        unlessZero(perSecond, () -> new CallerLimits(perSecond, Duration.ofSeconds(1), clock));
    commands = unlessZero(perMinute, () -> new RateLimit(perMinute, Duration.ofMinutes(1), clock));
    wrongCredentials =
        unlessZero(wrong, () -> new CallerLimits(wrong, Duration.ofMinutes(1), clock));
  }

  private static <T> Optional<T> unlessZero(int most, Supplier<T> limit) {
    return most == 0 ? Optional.empty() : Optional.of(limit.get());
  }

  /**
   * Counts a request.
   *
   * @param caller its address
   * @param hasCredential whether it comes with any, right or wrong
   * @return how long the caller is to wait; zero where the request is let through
   */
  Duration request(String caller, boolean hasCredential) {
    Duration wait = requests.map(limits -> limits.of(caller).take()).orElse(Duration.ZERO);
    return wait.isZero() && hasCredential
        ? wrongCredentials.map(limits -> limits.of(caller).untilNext()).orElse(Duration.ZERO)
        : wait;
  }

  /** Counts a credential that was none. */
  void wrongCredential(String caller) {
    wrongCredentials.ifPresent(limits -> limits.of(caller).take());
  }

  /** Counts a command from an authorized caller; likewise. */
  public Duration command() {
    return commands.map(RateLimit::take).orElse(Duration.ZERO);
  }
}
