package io.millrace.serving.replica;

import static io.millrace.serving.replica.ReplicaRun.awaitServed;
import static io.millrace.serving.replica.ReplicaRun.predict;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.storage.DurableFolder;
import io.millrace.testing.Service;
import io.millrace.testing.TestBroker;
import io.millrace.version.ModelVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged service as a replica that shares no folder with the trainer: it fetches artifacts
 * over HTTP from an instance that has them.
 */
class FarReplicaIT {

  private static final Path LOG = Path.of("target", "far-replica-it.log");

  @TempDir private static Path folder;
  private static ReplicaRun run;
  private static Service near;

  @BeforeAll
  static void startTheInstanceThatHasTheFiles() throws IOException {
    Files.deleteIfExists(LOG);
    run = new ReplicaRun(folder);
    near = Service.start(run.settings("near"), LOG);
  }

  @AfterAll
  static void stop() {
    if (near != null) {
      near.close();
    }
  }

  @Test
  void itFetchesTheFilesFromTheInstanceThatHasThem() throws IOException {
    // Given
    ModelVersion current = run.announceNext();
    awaitServed(near, current.version());
    DurableFolder.remove(run.files(current));

    // When
    try (Service far = Service.start(settings("far"), LOG)) {

      // Then
      awaitServed(far, current.version());
      assertThat(predict(far).at("/predictions/0/probability").asDouble())
          .isCloseTo(predict(near).at("/predictions/0/probability").asDouble(), within(1e-6));
    }
  }

  @Test
  void whereTheTopicHasLostItsVersionsItStartsFromTheTrainers()
      throws IOException, ExecutionException, InterruptedException {
    // Given
    awaitServed(near, run.announceNext().version());
    try (Admin admin = Admin.create(TestBroker.client())) {
      admin
          .deleteRecords(
              Map.of(new TopicPartition(run.topic(), 0), RecordsToDelete.beforeOffset(-1)))
          .all()
          .get();
    }

    // When
    try (Service far = Service.start(settings("late"), LOG)) {

      // Then
      awaitServed(far, run.newest());
      assertThat(far.log())
          .contains(
              "the versions topic names no current version; the trainer's is " + run.newest());
      assertThat(far.get("/api/v1/status").get("problems")).isEmpty();

      // And when the next is announced
      run.announceNext();

      // Then
      awaitServed(far, run.newest());
    }
  }

  private static Map<String, String> settings(String store) {
    Map<String, String> settings = run.settings(store);
    settings.put("millrace.serving.artifacts-url", near.url("/api/v1/versions"));
    settings.put("millrace.serving.download-key", Service.ADMIN_KEY);
    return settings;
  }
}
