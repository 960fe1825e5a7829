package io.millrace.identity;

import io.millrace.storage.DurableFolder;
import io.millrace.storage.Json;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;

/**
 * What a model's folder in the store belongs to: {@code identity.json}. The first owner creates it.
 * If two try at once, the file system lets only one succeed, so a second cluster on the same store
 * finds the first one's id. No locks are taken. Any thread.
 */
public final class StoreIdentity {

  private static final String NAME = "identity.json";

  private final Path file;

  /**
   * @param folder the model's
   */
  public StoreIdentity(Path folder) {
    this.file = folder.resolve(NAME);
  }

  /**
   * What it says; empty where nobody created it yet.
   *
   * @throws IOException naming the file where it cannot be read
   */
  public Optional<RunIdentity> read() throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Json.MAPPER.readValue(file.toFile(), RunIdentity.class));
    } catch (IOException e) {
      throw new IOException(
          "%s cannot be read, move it away to have it written again: %s"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  /**
   * Creates it, whole and on the disk, where it is not there yet.
   *
   * @return what it says now: the given, or what another wrote first
   */
  public RunIdentity createIfAbsent(RunIdentity identity) throws IOException {
    Optional<RunIdentity> there = read();
    if (there.isPresent()) {
      return there.get();
    }
    Files.createDirectories(file.getParent());
    Path aside = file.resolveSibling(".writing-" + NAME + "-" + UUID.randomUUID());
    try {
      Files.write(aside, Json.MAPPER.writeValueAsBytes(identity));
      sync(aside);
      link(aside);
      sync(file.getParent());
    } finally {
      Files.deleteIfExists(aside);
    }
    return read().orElse(identity);
  }

  /** A link appears whole, and only where there is nothing of its name. */
  private void link(Path aside) throws IOException {
    try {
      Files.createLink(file, aside);
    } catch (FileAlreadyExistsException e) {
      return; // another was faster
    } catch (UnsupportedOperationException e) { // no hard links here
      try {
        Files.write(file, Files.readAllBytes(aside), StandardOpenOption.CREATE_NEW);
      } catch (FileAlreadyExistsException other) {
        return;
      }
    }
  }

  /** Replaces it, by the owner of the model. */
  public void replace(RunIdentity identity) throws IOException {
    DurableFolder.writeFile(file, Json.MAPPER.writeValueAsBytes(identity));
  }

  private static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
