package io.millrace.publication;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Folders that are there whole or not at all: written aside, every file and the folder synced, then
 * renamed. A crash leaves at most a temporary folder, which the next start removes.
 */
public final class DurableFolder {

  private static final Logger LOG = Logger.getLogger(DurableFolder.class);
  private static final String ASIDE = ".writing-";

  private DurableFolder() {}

  /**
   * Writes a folder.
   *
   * @param target the folder; must not exist yet
   * @param contents fills an empty folder
   * @throws IOException naming the folder and the space left; nothing is left behind
   */
  public static void write(Path target, Contents contents) throws IOException {
    Files.createDirectories(target.getParent());
    Path aside = target.resolveSibling(ASIDE + target.getFileName());
    delete(aside);
    try {
      Files.createDirectory(aside);
      contents.fill(aside);
      try (Stream<Path> files = Files.walk(aside)) {
        for (Path file : files.toList()) {
          sync(file);
        }
      }
      Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
      sync(target.getParent());
    } catch (IOException | UncheckedIOException e) {
      delete(aside);
      throw new IOException(
          "%s cannot be written (%d MB free): %s"
              .formatted(
                  target,
                  Files.getFileStore(target.getParent()).getUsableSpace() / 1_000_000,
                  e.getMessage()),
          e);
    }
  }

  /** Writes a file that is there whole or not at all. */
  public static void writeFile(Path target, byte[] content) throws IOException {
    Files.createDirectories(target.getParent());
    Path aside = target.resolveSibling(ASIDE + target.getFileName());
    Files.write(aside, content);
    sync(aside);
    Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    sync(target.getParent());
  }

  /** Removes what a crash left half-written in a folder. */
  public static void deleteLeftovers(Path parent) throws IOException {
    if (!Files.isDirectory(parent)) {
      return;
    }
    try (Stream<Path> children = Files.list(parent)) {
      for (Path child :
          children.filter(path -> path.getFileName().toString().startsWith(ASIDE)).toList()) {
        LOG.warnf("%s was left half-written by a crash, it is removed", child);
        delete(child);
      }
    }
  }

  /** Deletes a folder with all in it; does nothing where there is none. */
  public static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> files = Files.walk(folder)) {
      deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : deepestFirst) {
      Files.delete(file);
    }
  }

  /** The sha256 of a file, lower-case hex. */
  public static String sha256(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[1 << 20];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Fills a folder. */
  public interface Contents {
    void fill(Path folder) throws IOException;
  }
}
