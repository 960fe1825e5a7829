package io.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.storage.DurableFolder;
import io.millrace.testing.MailRun;
import io.millrace.testing.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The packaged service is stopped by SIGSTOP at one of its file operations, another one takes over
 * on the same store and trains to the end, and the first one goes on (SIGCONT): it ends its term
 * with a message, and nothing of the other's is touched ({@code ./mvnw -Pfaults verify}). Every
 * single operation of the stores is frozen at in {@code FrozenOwnerTest}.
 */
class FrozenService {

  private static final int CHUNKS = 16;
  private static final Duration DEADLINE = Duration.ofMinutes(2);

  /** Looks at the store, a second apart, that must find the same. */
  private static final int QUIET = 3;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          publication.DurableFolder         | write             | AT INVOKE Files.move | 4
          publication.DurableFolder         | writeFile         | AT INVOKE Files.move | 3
          publication.DurableFolder         | remove            | AT INVOKE Files.move | 1
          publication.FolderVersionStore    | removeUnannounced | AT ENTRY             | 1
          publication.FolderVersionStore    | markAnnounced     | AT ENTRY             | 1
          publication.FolderVersionStore    | prune             | AT ENTRY             | 1
          checkpoint.FolderCheckpointStore  | prune             | AT ENTRY             | 4
          journal.FolderBatchJournal        | begin             | AT ENTRY             | 1
          journal.JournalWriter             | append            | AT ENTRY             | 5
          pipeline.VersionCleaner           | run               | AT ENTRY             | 1
          """)
  void whoThawsTouchesNothingOfTheNextOwners(String type, String method, String at, int time)
      throws Exception {
    // Given
    String model =
        "frozen-%s-%s"
            .formatted(type.substring(type.indexOf('.') + 1), method)
            .toLowerCase(Locale.ROOT);
    TinyStream stream = new TinyStream(model, 1, folder);
    Path logs = Files.createDirectories(Path.of("target", "faults"));
    Path log = Files.writeString(logs.resolve(model + ".log"), "");
    Path otherLog = Files.writeString(logs.resolve(model + "-next.log"), "");
    CompletableFuture<Void> feeding = CompletableFuture.runAsync(() -> feed(stream));
    Path rule = folder.resolve("freeze.btm");
    try (Service frozen =
        Service.launch(stream.settings(), log, freeze(rule, type, method, at, time))) {
      await("it to freeze, see " + log)
          .atMost(DEADLINE)
          .until(() -> frozen.log().contains("freezes here"));
      frozen.signal("STOP");
      await("the process to be stopped").atMost(DEADLINE).until(frozen::isStopped);

      // When another takes over and trains to the end, and the first one goes on
      try (Service next = Service.start(stream.settings(), otherLog)) {
        await("everything trained, see " + otherLog)
            .atMost(DEADLINE)
            .until(() -> feeding.isDone() && stream.isFinished(MailRun.training(next)));
        assertThat(frozen.isStopped()).as("it is still frozen").isTrue();
        assertThat(feeding).isCompleted();
        String term = term(otherLog);
        Map<String, String> files = onceNothingIsWritten(term);
        assertThat(files).isNotEmpty();
        frozen.signal("CONT");
        await("it to say that it is no owner any more, see " + log)
            .atMost(DEADLINE)
            .until(() -> frozen.log().contains("no longer owns model " + model));
        assertThat(frozen.stop()).isIn(0, 143);

        // Then
        assertThat(ofTerm(term)).isEqualTo(files);
        assertThat(next.stop()).isIn(0, 143);
      }
    }
    Outcome.of(stream).assertWhole();
  }

  private static List<String> freeze(Path rule, String type, String method, String at, int time)
      throws IOException {
    return Byteman.agent(
        rule,
        """
        RULE freeze
        CLASS io.millrace.%s
        METHOD %s
        %s
        IF incrementCounter("freeze") == %d
        DO traceln("freezes here");
           java.lang.Thread.sleep(15000)
        ENDRULE
        """
            .formatted(type, method, at, time));
  }

  private static void feed(TinyStream stream) {
    try {
      stream.feed(examples -> examples < CHUNKS * TinyStream.CHUNK);
    } catch (InterruptedException | ExecutionException e) {
      throw new CompletionException(e);
    }
  }

  private static String term(Path log) throws IOException {
    return Files.readString(log).replaceAll("(?s).*?, term (\\d+): base.*", "$1");
  }

  /** Behind the last example there is a last unit, and what that asks to be removed. */
  private Map<String, String> onceNothingIsWritten(String term) {
    List<Map<String, String>> looks = new ArrayList<>();
    await("the next owner to have written all")
        .atMost(DEADLINE)
        .pollInterval(Duration.ofSeconds(1))
        .ignoreExceptions() // a file that goes while it is read
        .until(
            () -> {
              looks.add(ofTerm(term));
              int last = looks.size() - 1;
              return last >= QUIET
                  && looks.subList(last - QUIET, last).stream().allMatch(looks.get(last)::equals);
            });
    return looks.get(looks.size() - 1);
  }

  /** Hashes of what the owner of a term has in the store. */
  private Map<String, String> ofTerm(String term) throws IOException {
    Map<String, String> found = new TreeMap<>();
    Path store = folder.resolve("store");
    try (Stream<Path> files = Files.walk(store)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = store.relativize(file).toString();
        if (name.matches(".*(-%1$s[/.].*|/0+%1$s[-.].*|\\.t%1$s\\..*)".formatted(term))) {
          found.put(name, DurableFolder.sha256(file));
        }
      }
    }
    return found;
  }
}
