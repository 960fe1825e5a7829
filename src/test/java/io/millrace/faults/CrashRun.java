package io.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.testing.Brokers;
import io.millrace.testing.MailRun;
import io.millrace.testing.Service;
import io.millrace.testing.ServiceCommand;
import io.millrace.testing.TestBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.IntPredicate;

/** The packaged service on a stream, killed and started again until all is trained. */
final class CrashRun {

  private static final int CHUNKS = 16;
  private static final int KILLED = 128 + 9;
  private static final Duration DEADLINE = Duration.ofMinutes(2);

  private final TinyStream stream;
  private final Path folder;
  private final Map<String, String> settings;
  private final Path log;

  /**
   * @param model the model's name, of no other test; its log is {@code target/faults/MODEL.log}
   */
  CrashRun(String model, int partitions, Path folder) throws IOException {
    this(model, partitions, folder, TestBroker.brokers());
  }

  /**
   * @param model the model's name, of no other test; its log is {@code target/faults/MODEL.log}
   * @param brokers that have the topics
   */
  CrashRun(String model, int partitions, Path folder, Brokers brokers) throws IOException {
    this.stream = new TinyStream(model, partitions, folder, brokers);
    this.folder = folder;
    this.settings = stream.settings();
    this.log = Files.createDirectories(Path.of("target", "faults")).resolve(model + ".log");
    Files.deleteIfExists(log);
  }

  /** With another setting. */
  CrashRun with(String name, String value) {
    settings.put(name, value);
    return this;
  }

  TinyStream stream() {
    return stream;
  }

  /** Trains {@value #CHUNKS} chunks, with something done to the service on the way. */
  Outcome run(Faults faults) throws IOException, InterruptedException {
    return run(examples -> examples < CHUNKS * TinyStream.CHUNK, faults);
  }

  /**
   * Trains to the end, with something done to the service on the way.
   *
   * @param goOn whether there is another chunk behind so many examples
   */
  Outcome run(IntPredicate goOn, Faults faults) throws IOException, InterruptedException {
    CompletableFuture<Void> feeding =
        CompletableFuture.runAsync(
            () -> {
              try {
                stream.feed(goOn);
              } catch (InterruptedException | ExecutionException e) {
                throw new CompletionException(e);
              }
            });
    faults.happen(this);
    try (Service service = Service.start(settings, log)) {
      await("everything trained, see " + log)
          .atMost(DEADLINE)
          .until(() -> feeding.isDone() && stream.isFinished(MailRun.training(service)));
      assertThat(feeding).isCompleted();
      assertThat(service.stop()).isIn(0, 143);
    }
    return Outcome.of(stream);
  }

  /** Rebuilds a version from the log, as an operator would. */
  ServiceCommand rebuild(long version) throws IOException, InterruptedException {
    return ServiceCommand.run(settings, "rebuild", Long.toString(version));
  }

  /** Starts the service and has it die at a point. */
  void dieAt(CrashPoint point, int time) throws IOException {
    try (Service service = Service.launch(settings, log, point.agent(time, folder))) {
      assertThat(service.join()).as("%s, see %s", point, log).isEqualTo(KILLED);
    }
    assertThat(Files.readString(log)).contains("dies at %s, time %d".formatted(point, time));
  }

  /**
   * Starts the service, asks it for something, and has it die at a point on the way.
   *
   * @param command as an operator sends it
   */
  void dieAt(CrashPoint point, String command) throws IOException {
    try (Service service = Service.start(settings, log, point.agent(1, folder))) {
      service.post("/api/v1/control", command);
      assertThat(service.join()).as("%s, see %s", point, log).isEqualTo(KILLED);
    }
  }

  /** Starts the service and lets it run until something holds. */
  void runUntil(Callable<Boolean> condition) throws IOException {
    try (Service service = Service.start(settings, log)) {
      await("see " + log).atMost(DEADLINE).until(condition);
      assertThat(service.stop()).isIn(0, 143);
    }
  }

  /** Starts the service and kills it after a time. */
  void dieAfter(Duration time) throws IOException, InterruptedException {
    dieAfter(time, List.of());
  }

  /**
   * Starts the service and kills it after a time.
   *
   * @return bytes of physical memory that it had then
   */
  long dieAfter(Duration time, List<String> jvmArguments) throws IOException, InterruptedException {
    try (Service service = Service.launch(settings, log, jvmArguments)) {
      Thread.sleep(time.toMillis()); // the fault itself
      long resident = service.resident();
      service.kill();
      return resident;
    }
  }

  /** What happens before the last start. */
  @FunctionalInterface
  interface Faults {
    void happen(CrashRun run) throws IOException, InterruptedException;
  }
}
