package io.millrace.natives;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.millrace.testing.MailRun;
import io.millrace.testing.Service;
import io.millrace.testing.TestBroker;
import io.millrace.testing.TinyBase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged service where nothing in {@code /tmp} may be executed, as in compose, against a real
 * broker. Only root may mount; elsewhere this is skipped.
 */
class NoexecTmpIT {

  private static final Path LOG = Path.of("target", "noexec-tmp.log");
  private static final Path UNSET_LOG = Path.of("target", "noexec-tmp-unset.log");
  private static final List<String> COMPRESSIONS = List.of("none", "gzip", "snappy", "lz4", "zstd");
  private static final int OF_EACH = 16;

  @TempDir private Path folder;
  private Path tmp;

  @BeforeEach
  void mountTmpAsComposeDoes() throws IOException, InterruptedException {
    Files.deleteIfExists(LOG);
    Files.deleteIfExists(UNSET_LOG);
    tmp = Files.createDirectory(folder.resolve("tmp"));
    assumeThat(run("mount", "-t", "tmpfs", "-o", "noexec,size=64m", "tmpfs", tmp.toString()))
        .isZero();
  }

  @AfterEach
  void unmount() throws IOException, InterruptedException {
    run("umount", tmp.toString());
  }

  @Test
  void recordsOfEveryCompressionAreReadWithTheImagesSettings() throws Exception {
    // Given what the image has: native code unpacked, and where it is
    Path natives = folder.resolve("native");
    assertThat(
            run(
                "deploy/unpack-natives",
                Path.of("target/quarkus-app/lib/main").toAbsolutePath().toString(),
                natives.toString()))
        .isZero();
    List<String> options = new ArrayList<>(imageOptions(natives));
    options.add("-Djava.io.tmpdir=" + tmp);
    options.add("-Duser.home=" + tmp);

    // When
    Map<String, String> settings = settings("noexec");
    send(settings.get("millrace.topics.examples"));

    // Then
    try (Service service = Service.start(settings, LOG, options)) {
      await("all to be trained on, see " + LOG)
          .atMost(Duration.ofMinutes(1))
          .until(
              () ->
                  service.get("/api/v1/status").at("/training/examplesTrained").asInt()
                      == COMPRESSIONS.size() * OF_EACH);
      assertThat(service.log()).doesNotContain("compression:", "is mounted noexec");
      assertThat(natives).isDirectoryContaining("glob:**/libsnappyjava.so");
      try (Stream<Path> written = Files.walk(tmp)) {
        assertThat(written).noneMatch(file -> file.getFileName().toString().contains(".so"));
      }
    }
  }

  @Test
  void whatCannotBeReadIsSaidAtStartWithFolderAndRemedy() throws Exception {
    List<String> options = List.of("-Djava.io.tmpdir=" + tmp, "-Dorg.xerial.snappy.tempdir=" + tmp);

    try (Service service = Service.start(settings("noexec-2"), UNSET_LOG, options)) {
      assertThat(service.log())
          .contains(
              "compression:snappy (WAITS_FOR_OPERATOR): records compressed with snappy cannot be read, the first one will stop the input: its native library does not load from "
                  + tmp,
              "Set -Dorg.xerial.snappy.tempdir=FOLDER to a folder that is writable and not mounted noexec, and start again")
          // the others have chosen a folder for themselves
          .contains(tmp + " is mounted noexec, so ZstdTempFolder is ")
          .doesNotContain("compression:zstd", "compression:lz4", "compression:gzip");
    }
  }

  /** Those of the Dockerfile, its folder replaced; DJL takes properties for variables, too. */
  private static List<String> imageOptions(Path natives) throws IOException {
    String image = Files.readString(Path.of("deploy/Dockerfile.jvm"));
    List<String> options = new ArrayList<>();
    Matcher line = Pattern.compile("NATIVES=\"([^\"]+)\"").matcher(image);
    assertThat(line.find()).isTrue();
    options.addAll(List.of(line.group(1).split(" ")));
    Pattern.compile("(?:PYTORCH|RUST)_LIBRARY_PATH=\\S+")
        .matcher(image)
        .results()
        .forEach(found -> options.add("-D" + found.group()));
    options.replaceAll(option -> option.replace("/opt/native", natives.toString()));
    return options;
  }

  private Map<String, String> settings(String model) throws IOException {
    TinyBase.write(folder.resolve("base"));
    Map<String, String> settings = new MailRun(model, folder.resolve("store")).settings();
    settings.put("millrace.model.base", folder.resolve("base").toString());
    settings.put("millrace.batch.chunk-max-wait", "200ms");
    return settings;
  }

  private static void send(String topic) throws Exception {
    for (String compression : COMPRESSIONS) {
      Map<String, Object> client = new HashMap<>(TestBroker.client());
      client.put("compression.type", compression);
      client.put("linger.ms", 200); // one batch
      try (Producer<byte[], byte[]> producer =
          new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
        for (int i = 0; i < OF_EACH; i++) {
          String value =
              "{\"text\": \"so good %d\", \"label\": \"%s\"}"
                  .formatted(i, i % 2 == 0 ? "ham" : "spam");
          var unused = producer.send(new ProducerRecord<>(topic, value.getBytes(UTF_8)));
        }
        producer.flush();
      }
    }
  }

  private static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }
}
