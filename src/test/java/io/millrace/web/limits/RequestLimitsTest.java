package io.millrace.web.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bucket4j.TimeMeter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RequestLimitsTest {

  private final Clock clock = new Clock();

  @Test
  void oneWhoAsksTooOftenWaitsUntilTheNextIsDueAndOthersDoNot() {
    // Given
    RequestLimits limits = limits(Map.of("millrace.limits.requests-per-second", "4"));
    for (int i = 0; i < 4; i++) {
      assertThat(limits.request("10.0.0.1", false)).isZero();
    }

    // Then
    assertThat(limits.request("10.0.0.1", false)).isEqualTo(Duration.ofMillis(250));
    assertThat(limits.request("10.0.0.2", false)).isZero();

    // When
    clock.pass(Duration.ofMillis(250));

    // Then
    assertThat(limits.request("10.0.0.1", false)).isZero();
    assertThat(limits.request("10.0.0.1", false)).isEqualTo(Duration.ofMillis(250));
  }

  @Test
  void whoGuessesCredentialsIsHeardWithoutOneOnly() {
    // Given
    RequestLimits limits = limits(Map.of("millrace.limits.wrong-credentials-per-minute", "2"));

    // When
    limits.wrongCredential("10.0.0.1");
    assertThat(limits.request("10.0.0.1", true)).isZero();
    limits.wrongCredential("10.0.0.1");

    // Then
    assertThat(limits.request("10.0.0.1", true)).isEqualTo(Duration.ofSeconds(30));
    assertThat(limits.request("10.0.0.1", false)).isZero();
    assertThat(limits.request("10.0.0.2", true)).isZero();

    // When
    clock.pass(Duration.ofSeconds(30));

    // Then
    assertThat(limits.request("10.0.0.1", true)).isZero();
  }

  @Test
  void commandsHaveOneLimitForAll() {
    RequestLimits limits = limits(Map.of("millrace.limits.commands-per-minute", "1"));
    assertThat(limits.command()).isZero();
    assertThat(limits.command()).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void zeroIsNoLimit() {
    RequestLimits limits =
        limits(
            Map.of(
                "millrace.limits.requests-per-second", "0",
                "millrace.limits.commands-per-minute", "0",
                "millrace.limits.wrong-credentials-per-minute", "0"));
    for (int i = 0; i < 10_000; i++) {
      limits.wrongCredential("10.0.0.1");
      assertThat(limits.request("10.0.0.1", true)).isZero();
      assertThat(limits.command()).isZero();
    }
  }

  @Test
  void secondsToWaitAreRoundedUp() {
    assertThat(LimitFilter.retryAfter(Duration.ofNanos(1))).isEqualTo("1");
    assertThat(LimitFilter.retryAfter(Duration.ofSeconds(2))).isEqualTo("2");
    assertThat(LimitFilter.retryAfter(Duration.ofMillis(2001))).isEqualTo("3");
  }

  private RequestLimits limits(Map<String, String> settings) {
    return new RequestLimits(
        new SmallRyeConfigBuilder()
            .withMapping(LimitSettings.class)
            .withDefaultValues(settings)
            .build()
            .getConfigMapping(LimitSettings.class),
        clock);
  }

  private static final class Clock implements TimeMeter {

    private long nanos;

    void pass(Duration time) {
      nanos += time.toNanos();
    }

    @Override
    public long currentTimeNanos() {
      return nanos;
    }

    @Override
    public boolean isWallClockBased() {
      return false;
    }
  }
}
