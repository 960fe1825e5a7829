package io.millrace.kafka.input;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.intake.RecordReceiver;
import io.millrace.problem.OpenProblems;
import io.quarkus.runtime.ShutdownEvent;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InputConsumerTest {

  @Test
  void aReplicaThatStopsDoesNotAskItsTrainerForItHasNone() {
    // Given a receiver as a replica's is: it has nobody to ask
    RecordReceiver nobody =
        (RecordReceiver)
            Proxy.newProxyInstance(
                RecordReceiver.class.getClassLoader(),
                new Class<?>[] {RecordReceiver.class},
                (self, method, arguments) -> {
                  throw new IllegalStateException("there is no trainer");
                });

    // Then its end is like any other, and that of a trainer would not be
    assertThatCode(() -> consumer(nobody, false).atStop(new ShutdownEvent()))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> consumer(nobody, true).atStop(new ShutdownEvent()))
        .hasMessage("there is no trainer");
  }

  private static InputConsumer consumer(RecordReceiver receiver, boolean enabled) {
    OpenProblems problems = new OpenProblems();
    return new InputConsumer(
        new InputSettings(Map.of(), List.of()),
        new PositionSeeker(receiver, problems),
        new InputChannel(receiver),
        problems,
        enabled);
  }
}
