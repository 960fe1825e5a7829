package io.millrace.owner;

import io.millrace.version.ArtifactFile;
import io.millrace.version.ArtifactStore;
import io.millrace.version.VersionKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * An artifact store that nothing is sent to, and nothing removed from, before it is known that its
 * versions are of this cluster. The owner's, from one thread at a time.
 */
final class ClaimedArtifacts implements ArtifactStore {

  private final ArtifactStore store;
  private final Optional<String> cluster;
  private final boolean accepted;
  private volatile boolean claimed;

  /**
   * @param cluster its id; empty for brokers that tell none, for which nothing is compared
   * @param accepted whether an operator wants it to take another's place
   */
  ClaimedArtifacts(ArtifactStore store, Optional<String> cluster, boolean accepted) {
    this.store = store;
    this.cluster = cluster;
    this.accepted = accepted;
    this.claimed = cluster.isEmpty();
  }

  @Override
  public void claim(String id, boolean wanted) throws IOException {
    store.claim(id, wanted);
  }

  private void claim() throws IOException {
    if (!claimed) {
      claim(cluster.orElseThrow(), accepted);
      claimed = true;
    }
  }

  @Override
  public String send(VersionKey key, Path folder, List<ArtifactFile> files) throws IOException {
    claim();
    return store.send(key, folder, files);
  }

  @Override
  public void abandon(VersionKey key) {
    store.abandon(key);
  }

  @Override
  public List<Held> held() throws IOException {
    claim();
    return store.held();
  }

  @Override
  public void remove(VersionKey key) throws IOException {
    claim();
    store.remove(key);
  }
}
