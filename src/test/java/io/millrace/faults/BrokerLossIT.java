package io.millrace.faults;

import io.millrace.testing.BrokerCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short selection of {@link BrokerFaults}. */
class BrokerLossIT {

  @TempDir private Path folder;

  @Test
  void aBrokerIsKilledThenThePartitionsAreRevokedAndNothingIsLostOrDoubled()
      throws IOException, InterruptedException, ExecutionException {
    try (BrokerCluster cluster = new BrokerCluster(folder.resolve("brokers"))) {
      new BrokerRun("broker-loss", 3, cluster, folder).run(BrokerFaults::killLeader).assertWhole();
    }
  }
}
