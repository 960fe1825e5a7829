package io.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Brokers die, freeze, cannot be reached, leaders move and partitions are revoked while the service
 * trains: it goes on by itself, and nothing is lost or doubled ({@code ./mvnw -Pfaults verify}).
 * The session timeout is 6 s.
 */
class BrokerFaults extends BrokerLossIT {

  @Test
  void eachBrokerIsKilledInTurn() throws Exception {
    check(
        "each-killed",
        run -> {
          for (int node = 1; node <= 3; node++) {
            run.cluster().kill(node);
            run.awaitProgress();
            run.cluster().restart(node);
            run.cluster().awaitWhole();
          }
        });
  }

  @Test
  void theLeadersOfAllPartitionsMove() throws Exception {
    check("leaders-moved", BrokerFaults::moveLeaders);
  }

  @Test
  void noBrokerAnswersForLessThanTheSessionTimeout() throws Exception {
    BrokerRun run = check("frozen-3s", frozen -> freeze(frozen, Duration.ofSeconds(3)));

    assertThat(run.log())
        .doesNotContain("the group has taken back")
        .containsPattern("checkpoint .* committed in [1-9]\\.\\d s");
  }

  @Test
  void noBrokerAnswersForLongerThanTheSessionTimeout() throws Exception {
    check("frozen-15s", run -> freeze(run, Duration.ofSeconds(15)));
  }

  @ParameterizedTest
  @ValueSource(ints = {15, 60})
  void theNetworkIsCutForLongerThanTheSessionTimeout(int seconds) throws Exception {
    BrokerRun run =
        check(
            "cut-" + seconds + "s",
            cut -> {
              cut.cluster().cut();
              TimeUnit.SECONDS.sleep(seconds); // the fault itself
              cut.cluster().mend();
            });

    assertThat(run.log()).contains("the group has taken back").contains("going on from checkpoint");
  }

  @Test
  void thePartitionsAreRevokedInTheMiddleOfAStep() throws Exception {
    BrokerRun run = runOf("revoked");
    whole("revoked", revoked(run));

    assertThat(run.log())
        .contains("this instance no longer owns model revoked: the group has taken back")
        .contains("going on from checkpoint");
  }

  /** Revokes all partitions while a step is under way, and gives them back. */
  static Outcome revoked(BrokerRun run)
      throws IOException, InterruptedException, ExecutionException {
    TinyStream stream = run.stream();
    try (RivalMember rival =
        new RivalMember(
            run.cluster().direct(),
            stream.group(),
            List.of(stream.topic("examples"), stream.topic("heldout"), stream.topic("retry")))) {
      return run.run(
          running -> {
            rival.takeAll();
            running.awaitState("standby");
            rival.close();
          });
    }
  }

  private static void moveLeaders(BrokerRun run)
      throws IOException, InterruptedException, ExecutionException {
    for (int i = 0; i < 2; i++) {
      run.cluster()
          .moveLeaders(
              List.of(
                  run.stream().topic("examples"),
                  run.stream().topic("heldout"),
                  run.stream().topic("versions"),
                  "__transaction_state",
                  "__consumer_offsets"));
      run.awaitProgress();
    }
  }

  private static void freeze(BrokerRun run, Duration time)
      throws IOException, InterruptedException, ExecutionException {
    run.cluster().freeze();
    TimeUnit.NANOSECONDS.sleep(time.toNanos()); // the fault itself
    run.cluster().thaw();
    run.cluster().awaitWhole();
  }

  @Override
  void whole(String model, Outcome outcome) throws IOException {
    FaultReport.OF_THIS_RUN.add(FaultReport.Fault.of("broker", model, outcome, Optional.empty()));
    super.whole(model, outcome);
  }
}
