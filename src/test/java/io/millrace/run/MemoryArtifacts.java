package io.millrace.run;

import io.millrace.version.ArtifactFile;
import io.millrace.version.ArtifactStore;
import io.millrace.version.VersionKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** An artifact store in memory, which may be out of reach. */
public final class MemoryArtifacts implements ArtifactStore {

  /** Why it cannot be reached; null while it can. */
  public final AtomicReference<String> outage = new AtomicReference<>();

  /** Whose versions these are; null before anybody has claimed them. */
  public final AtomicReference<String> owner = new AtomicReference<>();

  /** How often somebody tried to send a version. */
  public final AtomicInteger attempts = new AtomicInteger();

  /** Whether each version in it is complete. */
  public final SortedMap<VersionKey, Boolean> versions = new ConcurrentSkipListMap<>();

  /** Versions given up. */
  public final SortedMap<VersionKey, Boolean> abandoned = new ConcurrentSkipListMap<>();

  @Override
  public void claim(String cluster, boolean accepted) throws IOException {
    reach();
    String other = owner.compareAndExchange(null, cluster);
    if (other != null && !other.equals(cluster)) {
      if (!accepted) {
        throw new IOException("the versions there are of Kafka cluster " + other);
      }
      owner.set(cluster);
    }
  }

  @Override
  public String send(VersionKey version, Path folder, List<ArtifactFile> files) throws IOException {
    attempts.incrementAndGet();
    reach();
    for (ArtifactFile file : files) {
      if (Files.size(folder.resolve(file.name())) != file.size()) {
        throw new IOException(file.name() + " is not what was to be sent");
      }
    }
    versions.put(version, true);
    return "memory:/" + version + "/";
  }

  @Override
  public void abandon(VersionKey version) {
    abandoned.put(version, true);
  }

  @Override
  public List<Held> held() throws IOException {
    reach();
    return versions.entrySet().stream()
        .map(entry -> new Held(entry.getKey(), entry.getValue()))
        .toList();
  }

  @Override
  public void remove(VersionKey version) throws IOException {
    reach();
    versions.remove(version);
  }

  private void reach() throws IOException {
    if (outage.get() != null) {
      throw new IOException(outage.get());
    }
  }
}
