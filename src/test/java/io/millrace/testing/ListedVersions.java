package io.millrace.testing;

import io.millrace.storage.DurableFolder;
import io.millrace.version.ModelVersion;
import io.millrace.version.Retention;
import io.millrace.version.RolledBack;
import io.millrace.version.VersionKey;
import io.millrace.version.VersionStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** A store of versions without files. */
public final class ListedVersions implements VersionStore {

  private final List<ModelVersion> versions = new CopyOnWriteArrayList<>();

  public ListedVersions put(ModelVersion version) {
    versions.add(version);
    return this;
  }

  @Override
  public List<ModelVersion> list() {
    return List.copyOf(versions);
  }

  @Override
  public Optional<ModelVersion> current() {
    return versions.isEmpty() ? Optional.empty() : Optional.of(versions.get(versions.size() - 1));
  }

  @Override
  public long lastNumber() {
    return versions.size();
  }

  @Override
  public ModelVersion add(
      long number, long term, DurableFolder.Contents artifact, Description describe) {
    throw new UnsupportedOperationException("versions are put");
  }

  @Override
  public void markAnnounced(long term, ModelVersion version) {}

  @Override
  public void markCurrent(long term, RolledBack rolledBack) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void removeUnannounced(long term) {}

  @Override
  public void prune(long term, Retention retention, Set<Long> restorable) {}

  @Override
  public Fate fate(VersionKey key) {
    return Fate.KEPT;
  }

  @Override
  public Path folder(long number, long term) {
    throw new UnsupportedOperationException("there are no files");
  }

  @Override
  public Optional<Path> file(long number, String name) {
    return Optional.empty();
  }

  @Override
  public void verify(ModelVersion version) {}
}
