package io.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.s3.S3Sources;
import io.millrace.testing.Link;
import io.millrace.testing.MailRun;
import io.millrace.testing.S3Server;
import io.millrace.testing.Service;
import io.millrace.version.ModelVersion;
import io.millrace.version.VersionEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service, with an S3 server that is away when its first version is ready. */
class ArtifactStoreIT {

  private static final Path LOG = Path.of("target", "artifact-store-it.log");

  @TempDir private Path folder;

  @BeforeEach
  void credentials() {
    S3Server.CREDENTIALS.forEach(System::setProperty);
  }

  @AfterEach
  void noCredentials() {
    S3Server.CREDENTIALS.keySet().forEach(System::clearProperty);
  }

  @Test
  void aVersionIsAnnouncedOnceEveryFileIsInTheBucketAndTrainingDoesNotWait(@TempDir Path into)
      throws Exception {
    // Given a bucket behind a link that is down
    try (S3Server server = S3Server.start(folder);
        Link link = new Link(server.port())) {
      server.createBucket("models");
      link.refuse();
      TinyStream stream = new TinyStream("artifacts", 1, folder);
      Map<String, String> bucket =
          Map.of(
              "bucket", "models",
              "endpoint", "http://127.0.0.1:" + link.port(),
              "path-style", "true");
      Map<String, String> settings = stream.settings();
      settings.putAll(S3Server.CREDENTIALS);
      bucket.forEach((name, value) -> settings.put("millrace.artifacts.s3." + name, value));
      try (Service service = Service.start(settings, LOG)) {

        // When a version is ready, and many chunks come behind it
        stream.feed(sent -> sent < 640);
        await("training on all")
            .atMost(Duration.ofMinutes(1))
            .until(() -> stream.isFinished(MailRun.training(service)));

        // Then all of that is committed, nothing is announced, and the status says why
        assertThat(versions(stream)).isEmpty();
        assertThat(MailRun.training(service).get("publicationProblem").asText())
            .startsWith("version 1 waits for the artifact store: s3://models/millrace/artifacts/")
            .contains("Connection refused");

        // And with the server back, the version is announced, and it is whole
        link.listen();
        await("a version").atMost(Duration.ofMinutes(1)).until(() -> !versions(stream).isEmpty());
        ModelVersion version = versions(stream).get(0);
        assertThat(version.artifact())
            .isEqualTo("s3://models/millrace/artifacts/1-" + version.term() + "/");
        Path fetched = S3Sources.of(bucket).fetch(version, into);
        assertThat(fetched.resolve("model.safetensors")).isNotEmptyFile();
        await("a status without a problem")
            .atMost(Duration.ofSeconds(20))
            .until(() -> MailRun.training(service).get("publicationProblem").isNull());
        assertThat(service.stop()).isIn(0, 143);
      }
    }
  }

  private static List<ModelVersion> versions(TinyStream stream) throws IOException {
    return stream.events("versions").stream()
        .filter(event -> event.get("type").asText().equals(VersionEvent.TYPE))
        .map(JsonNode::toString)
        .map(VersionEvent::parse)
        .toList();
  }
}
