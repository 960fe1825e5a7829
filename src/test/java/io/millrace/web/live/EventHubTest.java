package io.millrace.web.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testing.Versions;
import io.millrace.web.Fakes;
import io.millrace.web.live.EventHub.LiveEvent;
import io.millrace.web.problem.TooManyStreamsException;
import io.smallrye.mutiny.helpers.test.AssertSubscriber;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EventHubTest {

  private static final long ALL = Long.MAX_VALUE;

  private final EventHub hub =
      new EventHub(
          Fakes.settings(
              Map.of("millrace.web.max-event-streams", "2", "millrace.web.event-buffer", "16")),
          Runnable::run);

  private final AtomicInteger cutOff = new AtomicInteger();

  @Test
  void everyStreamGetsEveryEventInOrder() {
    // Given
    AssertSubscriber<LiveEvent> one = open(ALL);
    AssertSubscriber<LiveEvent> two = open(ALL);

    // When
    hub.accept(Fakes.step(1, 0.5));
    hub.announced(Versions.version(1));

    // Then
    assertThat(one.getItems()).extracting(LiveEvent::name).containsExactly("step", "version");
    assertThat(two.getItems()).isEqualTo(one.getItems());
  }

  @Test
  void aReaderThatIsTooSlowIsCutOffAndTheOthersGoOn() {
    // Given
    AssertSubscriber<LiveEvent> slow = open(0);
    AssertSubscriber<LiveEvent> fast = open(ALL);

    // When
    for (int step = 1; step <= 1000; step++) {
      hub.accept(Fakes.step(step, 0.5));
    }

    // Then
    assertThat(cutOff).hasValue(1);
    slow.request(ALL);
    assertThat(slow.getItems()).hasSizeBetween(16, 16 + EventHub.HANDED_OVER);
    assertThat(fast.getItems()).hasSize(1000);
    assertThat(hub.streams()).isEqualTo(1);
  }

  @Test
  void placesAreLimitedAndGivenBack() {
    // Given
    AssertSubscriber<LiveEvent> one = open(ALL);
    AssertSubscriber<LiveEvent> two = open(ALL);
    assertThatThrownBy(() -> open(ALL)).isInstanceOf(TooManyStreamsException.class);

    // When
    one.cancel();
    two.cancel();

    // Then
    assertThat(hub.streams()).isZero();
    open(ALL);
    open(ALL);
    assertThat(hub.streams()).isEqualTo(2);
  }

  private AssertSubscriber<LiveEvent> open(long requests) {
    return hub.open(cutOff::incrementAndGet)
        .subscribe()
        .withSubscriber(AssertSubscriber.create(requests));
  }
}
