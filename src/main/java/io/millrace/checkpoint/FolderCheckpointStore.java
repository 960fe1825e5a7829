package io.millrace.checkpoint;

import com.fasterxml.jackson.core.JacksonException;
import io.millrace.publication.DurableFolder;
import io.millrace.publication.Json;
import io.millrace.torch.CorruptWeightsException;
import io.millrace.torch.HostTensor;
import io.millrace.torch.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Checkpoints in a folder, a folder each, named by step so that names sort by age. A part is a
 * safetensors file or a JSON document; {@code manifest.json} has the hash of each.
 */
public final class FolderCheckpointStore implements CheckpointStore {

  private static final Logger LOG = Logger.getLogger(FolderCheckpointStore.class);
  private static final String TENSORS = ".safetensors";
  private static final String DOCUMENT = ".json";

  private final Path root;
  private final int keep;

  /**
   * @param root the folder of the model's checkpoints
   * @param keep how many stay
   */
  public FolderCheckpointStore(Path root, int keep) throws IOException {
    this.root = Files.createDirectories(root.toAbsolutePath());
    this.keep = keep;
    DurableFolder.deleteLeftovers(root);
  }

  @Override
  public String save(Checkpoint checkpoint) throws IOException {
    // The time tells apart two at the same step, one of which may be damaged.
    String id =
        String.format(Locale.ROOT, "%012d-%d", checkpoint.step(), Instant.now().toEpochMilli());
    DurableFolder.write(root.resolve(id), folder -> fill(folder, checkpoint));
    List<Path> all = folders();
    for (Path old : all.subList(0, Math.max(0, all.size() - keep))) {
      DurableFolder.delete(old);
    }
    return id;
  }

  @Override
  public Optional<Saved> newest() throws IOException {
    List<Path> newestFirst = folders().stream().sorted(Comparator.reverseOrder()).toList();
    for (Path folder : newestFirst) {
      try {
        return Optional.of(new Saved(folder.getFileName().toString(), read(folder)));
      } catch (DamagedException | CorruptWeightsException | JacksonException e) {
        LOG.errorf(
            "checkpoint %s is damaged and skipped for the one before: %s", folder, e.getMessage());
      }
    }
    return Optional.empty();
  }

  private static void fill(Path folder, Checkpoint checkpoint) throws IOException {
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
            new Manifest(Manifest.FORMAT, checkpoint.step(), Instant.now(), parts)));
  }

  private static Checkpoint read(Path folder) throws IOException, DamagedException {
    Path manifestFile = folder.resolve(Manifest.FILE);
    if (!Files.exists(manifestFile)) {
      throw new DamagedException(Manifest.FILE + " is missing");
    }
    Manifest manifest = Json.MAPPER.readValue(manifestFile.toFile(), Manifest.class);
    if (manifest.format() != Manifest.FORMAT || manifest.parts() == null) {
      throw new DamagedException(
          Manifest.FILE
              + " has format "
              + manifest.format()
              + ", this version reads "
              + Manifest.FORMAT);
    }
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

  private static void verify(Path file, Manifest.Part part) throws IOException, DamagedException {
    if (!Files.exists(file)) {
      throw new DamagedException(file.getFileName() + " is missing");
    }
    if (Files.size(file) != part.size()) {
      throw new DamagedException(
          "%s has %d bytes, expected %d"
              .formatted(file.getFileName(), Files.size(file), part.size()));
    }
    String found = DurableFolder.sha256(file);
    if (!found.equals(part.sha256())) {
      throw new DamagedException(
          "%s has sha256 %s, expected %s".formatted(file.getFileName(), found, part.sha256()));
    }
  }

  /** Oldest first. */
  private List<Path> folders() throws IOException {
    try (Stream<Path> paths = Files.list(root)) {
      return paths
          .filter(path -> path.getFileName().toString().matches("[0-9]{12}-[0-9]+"))
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
