package io.millrace.faults;

import io.millrace.testing.BrokerCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short selection of {@link BrokerFaults}. */
class BrokerLossIT {

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
  void theBrokerThatLeadsTheInputIsKilledAndNothingIsLostOrDoubled()
      throws IOException, InterruptedException, ExecutionException {
    new BrokerRun("a-broker-killed", 3, cluster, folder)
        .run(BrokerFaults::killLeader)
        .assertWhole();
  }
}
