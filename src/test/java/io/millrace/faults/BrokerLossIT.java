package io.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testing.BrokerCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker dies while the service trains: it goes on by itself, and nothing is lost or doubled.
 * {@link BrokerFaults} does this and more.
 */
class BrokerLossIT {

  static final int PARTITIONS = 3;

  @TempDir private static Path home;
  private static BrokerCluster cluster;

  @TempDir private Path folder;

  @BeforeAll
  static void threeBrokers() throws IOException {
    cluster = new BrokerCluster(home);
  }

  @AfterAll
  static void gone() throws IOException {
    cluster.close();
  }

  @Test
  void theBrokerThatLeadsTheInputIsKilledAndComesBack() throws Exception {
    BrokerRun run = check("leader-killed", BrokerLossIT::killLeader);

    assertThat(run.log()).contains("could not be established. Node may not be available");
  }

  /** Kills the leader of the first input partition, and starts it again. */
  private static void killLeader(BrokerRun run)
      throws IOException, InterruptedException, ExecutionException {
    int leader = run.cluster().leader(run.stream().topic("examples"), 0);
    run.cluster().kill(leader);
    run.awaitProgress();
    assertThat(run.cluster().leader(run.stream().topic("examples"), 0)).isNotEqualTo(leader);
    run.cluster().restart(leader);
    run.cluster().awaitWhole();
  }

  /** A run that has not begun, of a model that no other test has. */
  BrokerRun runOf(String model) throws IOException {
    return new BrokerRun(model, PARTITIONS, cluster, folder);
  }

  /** Trains while a fault happens, and asserts that nothing was lost or doubled. */
  BrokerRun check(String model, BrokerRun.Fault fault) throws Exception {
    BrokerRun run = runOf(model);
    whole(model, run.run(fault));
    return run;
  }

  void whole(String model, Outcome outcome) throws IOException {
    outcome.assertWhole();
  }
}
