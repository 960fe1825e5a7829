package io.millrace.checkpoint;

import com.fasterxml.jackson.core.JacksonException;
import io.millrace.storage.DurableFolder;
import io.millrace.storage.Json;
import io.millrace.torch.file.CorruptWeightsException;
import io.millrace.torch.file.HostTensor;
import io.millrace.torch.file.Safetensors;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Checkpoints in a folder, a folder each, named by their {@link CheckpointId}. A part is a
 * safetensors file or a JSON document; {@code manifest.json} has size and hash of each. Whoever
 * goes on from an older one, because the newest was damaged, does so in a term of his own and
 * overtakes the damaged one with his first save.
 *
 * <p>Opening and reading change nothing, so a standby may look on while another instance writes.
 */
public final class FolderCheckpointStore implements CheckpointStore {

  private static final Logger LOG = Logger.getLogger(FolderCheckpointStore.class);
  private static final String TENSORS = ".safetensors";
  private static final String DOCUMENT = ".json";
  private static final String PART_NAME = Checkpoint.PART_NAME + "\\.(safetensors|json)";

  private final Path root;
  private final int keep;
  private final Set<CheckpointId> damaged = new HashSet<>();
  private boolean cleanedUp;

  /**
   * @param root the folder of the model's checkpoints; made if absent
   * @param keep how many stay, at least 1
   */
  public FolderCheckpointStore(Path root, int keep) throws IOException {
    if (keep < 1) {
      throw new IllegalArgumentException("at least 1 checkpoint is kept, not " + keep);
    }
    this.root = Files.createDirectories(root.toAbsolutePath());
    this.keep = keep;
  }

  /**
   * One whose checkpoints stay until they are removed.
   *
   * @param root its folder; made if absent
   */
  public static FolderCheckpointStore ofAll(Path root) throws IOException {
    return new FolderCheckpointStore(root, Integer.MAX_VALUE);
  }

  @Override
  public synchronized void save(CheckpointId id, Checkpoint checkpoint) throws IOException {
    if (id.step() != checkpoint.step()) {
      throw new IllegalArgumentException(id + " is no name for step " + checkpoint.step());
    }
    if (!cleanedUp) {
      DurableFolder.deleteLeftovers(root, id.term());
      keepWayBack(id.term());
      cleanedUp = true;
    }
    DurableFolder.write(folder(id), id.term(), folder -> fill(folder, checkpoint));
    prune(id.term());
  }

  @Override
  public synchronized Optional<Saved> newest() throws IOException {
    List<CheckpointId> ids = kept();
    for (int i = ids.size() - 1; i >= 0; i--) {
      Optional<Saved> whole = read(ids.get(i));
      if (whole.isPresent()) {
        return whole;
      }
    }
    if (!ids.isEmpty()) {
      throw new IOException(
          "none of the %d checkpoints in %s is whole, the log says why; restore one, or move the folder away to start again from the base model"
              .formatted(ids.size(), root));
    }
    return Optional.empty();
  }

  @Override
  public synchronized Optional<Saved> read(CheckpointId id) throws IOException {
    try {
      return Optional.of(new Saved(id, content(id)));
    } catch (DamagedException | CorruptWeightsException | JacksonException e) {
      damaged.add(id);
      LOG.errorf(
          "checkpoint %s is damaged and skipped for the one before: %s",
          folder(id), e.getMessage());
      return Optional.empty();
    }
  }

  @Override
  public synchronized Optional<byte[]> document(CheckpointId id, String name) throws IOException {
    try {
      Manifest.Part part = manifest(folder(id), id.step()).parts().get(name + DOCUMENT);
      if (part == null) {
        return Optional.empty();
      }
      Path file = folder(id).resolve(name + DOCUMENT);
      verify(file, part);
      return Optional.of(Files.readAllBytes(file));
    } catch (DamagedException | JacksonException e) {
      return Optional.empty(); // whoever needs the whole of it says so
    }
  }

  @Override
  public synchronized void remove(CheckpointId id, long term) throws IOException {
    DurableFolder.remove(folder(id), term);
  }

  @Override
  public synchronized long highestTerm() throws IOException {
    return kept().stream().mapToLong(CheckpointId::term).max().orElse(-1);
  }

  /**
   * Before the first checkpoint of this format: those after it will take the place of older ones.
   */
  private void keepWayBack(long term) throws IOException {
    List<CheckpointId> ids = kept();
    if (ids.isEmpty()) {
      return;
    }
    CheckpointId newest = ids.get(ids.size() - 1);
    int format;
    try {
      format = manifest(folder(newest), newest.step()).format();
    } catch (DamagedException | JacksonException e) {
      LOG.debugf("checkpoint %s is no way back: %s", newest, e.getMessage());
      return;
    }
    Path copy = root.resolve("format-" + format);
    if (format < Manifest.FORMAT && !Files.exists(copy)) {
      DurableFolder.write(
          copy, term, aside -> copy(folder(newest), aside.resolve(newest.toString())));
      LOG.infof(
          "checkpoint %s, the last of format %d, is kept in %s: the way back to an earlier release",
          newest, format, copy);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectory(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  private Path folder(CheckpointId id) {
    return root.resolve(id.toString());
  }

  /**
   * The new one is in place: whatever happens here, it counts. Damaged ones go first. An owner
   * behind whom a later one writes removes nothing: what may go is that one's to say.
   */
  private void prune(long term) throws IOException {
    List<CheckpointId> disposable = new ArrayList<>(kept());
    disposable.sort(Comparator.comparing(id -> !damaged.contains(id)));
    for (CheckpointId id : disposable.subList(0, Math.max(0, disposable.size() - keep))) {
      if (highestTerm() > term) {
        LOG.warnf(
            "old checkpoints are not removed: the owner of term %d writes here, and this one is of"
                + " term %d",
            highestTerm(), term);
        return;
      }
      try {
        DurableFolder.remove(folder(id), term);
      } catch (IOException e) {
        LOG.warnf("old checkpoint %s is not removed yet, the next save tries again: %s", id, e);
      }
    }
  }

  private void fill(Path folder, Checkpoint checkpoint) throws IOException {
    for (Map.Entry<String, Map<String, HostTensor>> group : checkpoint.tensors().entrySet()) {
      Safetensors.write(folder.resolve(group.getKey() + TENSORS), group.getValue(), Map.of());
    }
    for (Map.Entry<String, byte[]> document : checkpoint.documents().entrySet()) {
      Files.write(folder.resolve(document.getKey() + DOCUMENT), document.getValue());
    }
    Map<String, Manifest.Part> parts = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        parts.put(
            file.getFileName().toString(),
            new Manifest.Part(Files.size(file), DurableFolder.sha256(file)));
      }
    }
    Files.write(
        folder.resolve(Manifest.FILE),
        Json.MAPPER.writeValueAsBytes(
            new Manifest(
                Manifest.FORMAT,
                checkpoint.step(),
                Instant.now(),
                parts,
                Optional.of(Manifest.RELEASE))));
  }

  private Checkpoint content(CheckpointId id) throws IOException, DamagedException {
    Path folder = folder(id);
    Manifest manifest = manifest(folder, id.step());
    Map<String, Map<String, HostTensor>> tensors = new HashMap<>();
    Map<String, byte[]> documents = new HashMap<>();
    for (Map.Entry<String, Manifest.Part> part : manifest.parts().entrySet()) {
      String name = part.getKey();
      Path file = folder.resolve(name);
      verify(file, part.getValue());
      if (name.endsWith(TENSORS)) {
        tensors.put(name.substring(0, name.length() - TENSORS.length()), Safetensors.read(file));
      } else {
        documents.put(
            name.substring(0, name.length() - DOCUMENT.length()), Files.readAllBytes(file));
      }
    }
    return new Checkpoint(manifest.step(), tensors, documents);
  }

  /** The manifest has no hash of its own: what it says must at least be possible. */
  private static Manifest manifest(Path folder, long step) throws IOException, DamagedException {
    Path file = folder.resolve(Manifest.FILE);
    if (!Files.exists(file)) {
      throw new DamagedException(Manifest.FILE + " is missing");
    }
    Manifest manifest;
    try {
      manifest = Json.MAPPER.readValue(Files.readAllBytes(file), Manifest.class);
    } catch (CharConversionException e) { // not Jackson's own kind, but what it says of bad UTF-32
      throw new DamagedException(Manifest.FILE + " is no JSON: " + e.getMessage());
    }
    if (manifest != null && manifest.format() > Manifest.FORMAT) {
      throw new IOException(
          "checkpoint %s was written by release %s in format %d, this is release %s, which reads up to format %d: start that release or a newer one, or move the folder away to go on from the one before"
              .formatted(
                  folder,
                  manifest.release().orElse("unknown"),
                  manifest.format(),
                  Manifest.RELEASE,
                  Manifest.FORMAT));
    }
    if (manifest == null
        || manifest.format() < 1
        || manifest.parts() == null
        || manifest.step() != step) {
      throw new DamagedException(Manifest.FILE + " lacks its format, step or parts");
    }
    for (Map.Entry<String, Manifest.Part> part : manifest.parts().entrySet()) {
      if (!part.getKey().matches(PART_NAME) || part.getValue() == null) {
        throw new DamagedException(
            "%s lists \"%s\", which is no part".formatted(Manifest.FILE, part.getKey()));
      }
    }
    return manifest;
  }

  private static void verify(Path file, Manifest.Part part) throws IOException, DamagedException {
    if (!Files.exists(file)) {
      throw new DamagedException(file.getFileName() + " is missing");
    }
    if (Files.size(file) != part.size()) {
      throw new DamagedException(
          "%s is damaged: expected %d bytes, found %d"
              .formatted(file.getFileName(), part.size(), Files.size(file)));
    }
    String found = DurableFolder.sha256(file);
    if (!found.equals(part.sha256())) {
      throw new DamagedException(
          "%s is damaged: expected sha256 %s, found %s"
              .formatted(file.getFileName(), part.sha256(), found));
    }
  }

  @Override
  public List<CheckpointId> kept() throws IOException {
    try (Stream<Path> paths = Files.list(root)) {
      return paths
          .map(path -> CheckpointId.parse(path.getFileName().toString()))
          .flatMap(Optional::stream)
          .sorted()
          .toList();
    }
  }

  private static final class DamagedException extends Exception {
    private static final long serialVersionUID = 1L;

    DamagedException(String message) {
      super(message);
    }
  }
}
