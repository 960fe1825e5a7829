package io.millrace.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.checkpoint.Checkpoint;
import io.millrace.checkpoint.CheckpointId;
import io.millrace.checkpoint.CheckpointStore;
import io.millrace.checkpoint.FolderCheckpointStore;
import io.millrace.commit.Stores;
import io.millrace.commit.VersionCheckpoints;
import io.millrace.example.Partition;
import io.millrace.journal.BatchJournal;
import io.millrace.journal.FolderBatchJournal;
import io.millrace.journal.JournalEntry;
import io.millrace.journal.JournalPosition;
import io.millrace.publishing.VersionCleaner;
import io.millrace.storage.Json;
import io.millrace.testing.FreezingFiles;
import io.millrace.testing.RollBacks;
import io.millrace.testing.Versions;
import io.millrace.torch.file.HostTensor;
import io.millrace.version.ArtifactFile;
import io.millrace.version.ArtifactStore;
import io.millrace.version.FolderVersionStore;
import io.millrace.version.ModelVersion;
import io.millrace.version.Retention;
import io.millrace.version.RolledBack;
import io.millrace.version.VersionKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An owner freezes (SIGSTOP, a long pause of its JVM or machine) in front of any of its file
 * operations, another takes over, publishes and rolls back, and the first one thaws: nothing that
 * the later owner wrote or goes by is touched.
 */
class FrozenOwnerTest {

  private static final long BEFORE = 3;
  private static final long OLD = 5;
  private static final long NEW = 9;
  private static final int KEEP = 2;

  /** A selection of the operations; with {@code -Pfaults} each. */
  private static final int EVERY = Integer.getInteger("millrace.frozen.every", 9);

  @TempDir private Path folder;

  @Test
  void aFrozenOwnerTouchesNothingOfTheNextOneWhereverItThaws() throws Exception {
    List<String> frozen = new ArrayList<>();
    for (int at = 1; ; at += EVERY) {
      Path store = Files.createDirectories(folder.resolve("at-" + at));
      Broker broker = new Broker();
      before(store, broker);
      FreezingFiles view = new FreezingFiles(store, at);
      AtomicReference<Exception> failure = new AtomicReference<>();
      Thread old = thread(view.of(store), broker, failure);
      old.start();
      if (!view.awaitFrozen(old)) {
        break; // it has done all it does
      }
      frozen.add(view.where());

      // When another takes over, and the first one thaws
      Owner next = new Owner(store, broker, NEW);
      next.takeOver();
      next.work();
      Map<String, String> files = ofTerm(store, NEW);
      Seen seen = Seen.of(store);
      view.thaw();
      old.join();
      assertThat(failure.get() instanceof RuntimeException)
          .as("frozen in front of: %s, stops with %s", view.where(), failure)
          .isFalse();

      // Then
      assertThat(ofTerm(store, NEW)).as("frozen in front of: %s", view.where()).isEqualTo(files);
      assertThat(Seen.of(store)).as("frozen in front of: %s", view.where()).isEqualTo(seen);

      // And the next one goes on
      next.publish(next.last + 1);
      next.save();
      assertThat(new FolderVersionStore(store.resolve("versions")).current())
          .map(ModelVersion::key)
          .as("frozen in front of: %s", view.where())
          .contains(new VersionKey(next.last, NEW));
    }

    assertThat(frozen).hasSizeGreaterThan(60 / EVERY);
    if (EVERY == 1) {
      assertThat(frozen)
          .contains(
              "move to rolled-back-5.json",
              "move to 5-5.announced",
              "move to .deleting-t5.1-3",
              "move to 000000000005.jsonl")
          .anyMatch(where -> where.startsWith("write .writing-t5."))
          .anyMatch(where -> where.startsWith("delete config.json"))
          .anyMatch(where -> where.startsWith("move to .deleting-t5.00000000000"));
    }
  }

  /** What an owner before both has left: versions, one of them never announced, and leftovers. */
  private static void before(Path store, Broker broker) throws IOException {
    Owner owner = new Owner(store, broker, BEFORE);
    broker.term.set(BEFORE);
    for (long number = 1; number <= 3; number++) {
      owner.publish(number);
      owner.save();
    }
    owner.write(4);
    Files.createDirectories(store.resolve("versions/.writing-t3.5-3"));
    Files.createDirectories(store.resolve("units/.writing-t3.half"));
    Files.writeString(store.resolve("versions/.writing-t3.5-3/config.json"), "half");
  }

  /** An owner from its start on; what it stops with is a message, no bug. */
  private static Thread thread(Path store, Broker broker, AtomicReference<Exception> failure) {
    return new Thread(
        () -> {
          try {
            Owner owner = new Owner(store, broker, OLD);
            owner.takeOver();
            owner.work();
          } catch (UncheckedIOException e) {
            failure.set(e.getCause());
          } catch (IOException | RuntimeException e) {
            failure.set(e);
          }
        },
        "old-owner");
  }

  /** Content of all files whose path carries a term, or that of an owner who wrote them aside. */
  private static Map<String, String> ofTerm(Path store, long term) throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> files = Files.walk(store)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = store.relativize(file).toString();
        if (name.matches(".*(-%1$d[/.].*|/0+%1$d[-.].*|\\.t%1$d\\..*)".formatted(term))) {
          found.put(name, HexFormat.of().formatHex(Files.readAllBytes(file)));
        }
      }
    }
    return found;
  }

  /** What a store says to the next owner and to everybody else. */
  private record Seen(
      Optional<VersionKey> current,
      List<VersionKey> versions,
      long lastNumber,
      CheckpointId newest,
      List<Long> restorable,
      List<JournalEntry> journal,
      List<ArtifactStore.Held> sent) {

    static Seen of(Path store) throws IOException {
      FolderVersionStore versions = new FolderVersionStore(store.resolve("versions"));
      for (ModelVersion version : versions.list()) {
        versions.verify(version);
      }
      CheckpointStore.Saved newest =
          new FolderCheckpointStore(store.resolve("units"), KEEP).newest().orElseThrow();
      return new Seen(
          versions.current().map(ModelVersion::key),
          versions.list().stream().map(ModelVersion::key).toList(),
          versions.lastNumber(),
          newest.id(),
          new VersionCheckpoints(
                  FolderCheckpointStore.ofAll(store.resolve("restore-points")), versions, KEEP)
              .versions(),
          new FolderBatchJournal(store.resolve("journal"))
              .behind(Optional.of(newest.id()), new JournalPosition(0, 0)).stream().toList(),
          new Bucket(store.resolve("bucket"))
              .held().stream().filter(held -> held.key().term() == NEW).toList());
    }
  }

  /** An artifact store in a folder: the list of a version's files comes last and goes first. */
  private record Bucket(Path root) implements ArtifactStore {

    private static final String LIST = "list";

    @Override
    public void claim(String cluster, boolean accepted) {}

    @Override
    public String send(VersionKey key, Path folder, List<ArtifactFile> files) throws IOException {
      Path to = Files.createDirectories(root.resolve(key.toString()));
      for (ArtifactFile file : files) {
        Files.write(to.resolve(file.name()), Files.readAllBytes(folder.resolve(file.name())));
      }
      Files.write(to.resolve(LIST), Json.MAPPER.writeValueAsBytes(files));
      return to.toString();
    }

    @Override
    public void abandon(VersionKey key) {}

    @Override
    public List<Held> held() throws IOException {
      try (Stream<Path> versions = Files.list(root)) {
        return versions
            .map(
                folder ->
                    new Held(
                        VersionKey.parse(folder.getFileName().toString()).orElseThrow(),
                        Files.exists(folder.resolve(LIST))))
            .sorted(Comparator.comparing(Held::key))
            .toList();
      }
    }

    @Override
    public void remove(VersionKey key) throws IOException {
      Path folder = root.resolve(key.toString());
      Files.deleteIfExists(folder.resolve(LIST));
      Files.deleteIfExists(folder.resolve("config.json"));
      Files.deleteIfExists(folder);
    }
  }

  /** What Kafka sees to: a commit of an owner that is fenced fails, and what it has is known. */
  private static final class Broker {

    private final AtomicLong term = new AtomicLong();
    private volatile Optional<ModelVersion> lastVersion = Optional.empty();
    private volatile Optional<RolledBack> rolledBack = Optional.empty();
  }

  /** Does with the stores what an ownership does, in its order. */
  private static final class Owner {

    private final Broker broker;
    private final long term;
    private final FolderVersionStore versions;
    private final FolderCheckpointStore units;
    private final VersionCheckpoints restorePoints;
    private final FolderBatchJournal journal;
    private final Bucket bucket;
    private final VersionCleaner cleaner;
    private long saved;
    private long last;

    Owner(Path store, Broker broker, long term) throws IOException {
      this.broker = broker;
      this.term = term;
      this.versions = new FolderVersionStore(store.resolve("versions"));
      this.units = new FolderCheckpointStore(store.resolve("units"), KEEP);
      this.restorePoints =
          new VersionCheckpoints(
              FolderCheckpointStore.ofAll(store.resolve("restore-points")), versions, KEEP);
      this.journal = new FolderBatchJournal(store.resolve("journal"));
      this.bucket = new Bucket(store.resolve("bucket"));
      this.cleaner =
          new VersionCleaner(
              new Stores(units, restorePoints, journal, versions, null, null),
              new Retention(1, Optional.empty(), Duration.ZERO),
              Optional.of(bucket),
              term);
    }

    void takeOver() throws IOException {
      broker.term.accumulateAndGet(term, Math::max);
      CheckpointId newest = units.newest().orElseThrow().id();
      commit();
      versions.markAnnounced(term, broker.lastVersion.orElseThrow());
      if (broker.rolledBack.isPresent()) {
        versions.markCurrent(term, broker.rolledBack.get());
      }
      versions.removeUnannounced(term);
      last = versions.lastNumber();
      try (BatchJournal.Appender appender =
          journal.begin(term, Optional.of(newest), new JournalPosition(0, 0), List.of(entry(0)))) {
        appender.append(entry(1));
        appender.append(entry(2));
      }
    }

    /** Publishes, rolls back, publishes. */
    void work() throws IOException {
      save();
      publish(last + 1);
      save();
      RolledBack event = backTo(versions.list().get(0), last);
      commit();
      broker.rolledBack = Optional.of(event);
      versions.markCurrent(term, event);
      save();
      publish(last + 1);
      save();
    }

    void publish(long number) throws IOException {
      restorePoints.save(number, Optional.of(number - 1), term, unit());
      ModelVersion version = write(number);
      commit();
      broker.lastVersion = Optional.of(version);
      versions.markAnnounced(term, version);
      last = number;
      cleaner.run();
    }

    ModelVersion write(long number) throws IOException {
      return versions.add(
          number,
          term,
          at -> Files.write(at.resolve("config.json"), ("{\"term\":" + term + "}").getBytes(UTF_8)),
          (at, files) -> {
            bucket.send(new VersionKey(number, term), at, files);
            return version(number, term, files);
          });
    }

    void save() throws IOException {
      saved++;
      units.save(new CheckpointId(term, 7, saved), unit());
      commit();
    }

    private void commit() throws IOException {
      if (broker.term.get() > term) {
        throw new IOException("term " + term + " has ended, another instance has taken over");
      }
    }

    private Checkpoint unit() {
      return new Checkpoint(
          7,
          Map.of("weights", Map.of("w", new HostTensor(new long[] {2}, new float[] {term, saved}))),
          Map.of("progress", ("{\"term\":" + term + "}").getBytes(UTF_8)));
    }

    private JournalEntry entry(long chunks) {
      return new JournalEntry.Chunk(
          new JournalPosition(chunks, 0),
          chunks == 0 ? List.of("ham", "spam") : List.of(),
          List.of(
              new JournalEntry.Run(new Partition("examples", 0), chunks, chunks + 1, (int) term)));
    }

    private static RolledBack backTo(ModelVersion version, long from) {
      return RollBacks.to(version).from(from).by("command").because("test").build();
    }

    private static ModelVersion version(long number, long term, List<ArtifactFile> files) {
      ObjectNode json = Json.MAPPER.valueToTree(Versions.version(number, files));
      json.put("term", term);
      return Json.MAPPER.convertValue(json, ModelVersion.class);
    }
  }
}
