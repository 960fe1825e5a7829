package io.millrace.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class BackoffTest {

  @Test
  void pausesGrowUpToTheCapAndBeginAnewAfterASuccess() {
    Backoff backoff = Backoff.usual();
    assertThat(backoff.next()).isBetween(Duration.ofMillis(800), Duration.ofMillis(1200));
    assertThat(backoff.next()).isBetween(Duration.ofMillis(1600), Duration.ofMillis(2400));
    for (int i = 0; i < 100; i++) {
      assertThat(backoff.next()).isLessThanOrEqualTo(Backoff.LONGEST);
    }
    assertThat(backoff.next()).isGreaterThanOrEqualTo(Duration.ofSeconds(24));

    backoff.reset();
    assertThat(backoff.next()).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void anEndCutsThePauseShort() throws InterruptedException {
    CountDownLatch end = new CountDownLatch(1);
    end.countDown();

    assertThat(new Backoff(Duration.ofHours(1), Duration.ofHours(2)).pause(end)).isTrue();
  }
}
