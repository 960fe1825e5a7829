package io.millrace.storage;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.jboss.logging.Logger;

/**
 * Folders that are there whole or not at all: written aside, every file and the folder synced, then
 * renamed. A crash leaves at most a temporary folder, which the next start removes.
 *
 * <p>Where owners of several terms write, one after the other, what is temporary carries the
 * writer's term: an owner that froze, lost its ownership and thaws can then neither write into the
 * temporary files of a later one nor remove them.
 */
public final class DurableFolder {

  private static final Logger LOG = Logger.getLogger(DurableFolder.class);
  private static final String ASIDE = ".writing-";
  private static final String REMOVED = ".deleting-";
  private static final Pattern LEFTOVER =
      Pattern.compile("\\.(?:writing|deleting)-(?:t(\\d{1,18})\\.)?.*");

  private DurableFolder() {}

  /**
   * Writes a folder.
   *
   * @param target the folder; must not exist yet
   * @param contents fills an empty folder
   * @throws IOException naming the folder and the space left; no partial file remains
   */
  public static void write(Path target, Contents contents) throws IOException {
    write(target, contents, temporary(ASIDE, OptionalLong.empty(), target));
  }

  /** {@link #write(Path, Contents)} as the owner of a term. */
  public static void write(Path target, long term, Contents contents) throws IOException {
    write(target, contents, temporary(ASIDE, OptionalLong.of(term), target));
  }

  private static void write(Path target, Contents contents, Path aside) throws IOException {
    try {
      if (Files.exists(target)) {
        throw new IOException("it is there already");
      }
      Files.createDirectories(target.getParent());
      delete(aside);
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
      throw failure(target, aside, e);
    } catch (RuntimeException | Error e) {
      discard(aside, e);
      throw e;
    }
  }

  /**
   * Writes a file that is there whole or not at all; one of that name is replaced.
   *
   * @throws IOException naming the file and the space left; the file before it is untouched
   */
  public static void writeFile(Path target, byte[] content) throws IOException {
    writeFile(target, out -> out.write(content), temporary(ASIDE, OptionalLong.empty(), target));
  }

  /** {@link #writeFile(Path, byte[])} as the owner of a term. */
  public static void writeFile(Path target, long term, byte[] content) throws IOException {
    writeFile(target, term, out -> out.write(content));
  }

  /**
   * {@link #writeFile(Path, byte[])} as the owner of a term, a piece at a time.
   *
   * @param content writes it, buffered
   */
  public static void writeFile(Path target, long term, FileContent content) throws IOException {
    writeFile(target, content, temporary(ASIDE, OptionalLong.of(term), target));
  }

  private static void writeFile(Path target, FileContent content, Path aside) throws IOException {
    try {
      Files.createDirectories(target.getParent());
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(aside))) {
        content.writeTo(out);
      }
      sync(aside);
      Files.move(
          aside, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      sync(target.getParent());
    } catch (IOException | UncheckedIOException e) {
      throw failure(target, aside, e);
    }
  }

  /**
   * Removes a folder so that a crash leaves all of it or nothing under its name; does nothing where
   * there is none.
   */
  public static void remove(Path folder) throws IOException {
    remove(folder, temporary(REMOVED, OptionalLong.empty(), folder));
  }

  /** {@link #remove(Path)} as the owner of a term. */
  public static void remove(Path folder, long term) throws IOException {
    remove(folder, temporary(REMOVED, OptionalLong.of(term), folder));
  }

  private static void remove(Path folder, Path removed) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    delete(removed);
    try {
      Files.move(folder, removed, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      LOG.debugf("%s was removed by another meanwhile", folder);
    }
    delete(removed);
  }

  /**
   * Removes what a crash left half-written or half-removed in a folder. Only the one writer of the
   * folder may call it: it would take the ground from under another's feet.
   */
  public static void deleteLeftovers(Path parent) throws IOException {
    deleteLeftovers(parent, Long.MAX_VALUE);
  }

  /**
   * Removes what owners of earlier terms left half-written or half-removed in a folder.
   *
   * @param term the caller's: what is of this term or a later one stays
   */
  public static void deleteLeftovers(Path parent, long term) throws IOException {
    if (!Files.isDirectory(parent)) {
      return;
    }
    try (Stream<Path> children = Files.list(parent)) {
      for (Path child : children.filter(path -> isLeftover(path, term)).toList()) {
        LOG.warnf("%s was left half-done by a crash, it is removed", child);
        delete(child);
      }
    }
  }

  /** The sha256 of a file, lower-case hex. */
  public static String sha256(Path file) throws IOException {
    return HexFormat.of()
        .formatHex(DigestUtils.updateDigest(DigestUtils.getSha256Digest(), file).digest());
  }

  private static Path temporary(String kind, OptionalLong term, Path target) {
    String owner = term.isPresent() ? "t" + term.getAsLong() + "." : "";
    return target.resolveSibling(kind + owner + target.getFileName());
  }

  /** What carries no term was written by a release that had none. */
  private static boolean isLeftover(Path path, long before) {
    Matcher name = LEFTOVER.matcher(path.getFileName().toString());
    return name.matches() && (name.group(1) == null || Long.parseLong(name.group(1)) < before);
  }

  /** The space is looked up before the half-written files give theirs back. */
  private static IOException failure(Path target, Path aside, Exception cause) {
    String free;
    try {
      long bytes = Files.getFileStore(target.getParent()).getUsableSpace();
      free = bytes / 1_000_000 + " MB free";
    } catch (IOException e) {
      free = "space unknown";
    }
    discard(aside, cause);
    Throwable reason = cause instanceof UncheckedIOException ? cause.getCause() : cause;
    return new IOException(
        "%s cannot be written (%s): %s".formatted(target, free, reason.getMessage()), cause);
  }

  /** Cleans up after a failure, and keeps a second one from hiding the first. */
  private static void discard(Path aside, Throwable cause) {
    try {
      delete(aside);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /** Deletes a folder or file with all in it; what another deletes meanwhile is well gone. */
  private static void delete(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> files = Files.walk(path)) {
      deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
    } catch (NoSuchFileException e) {
      return;
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof NoSuchFileException) {
        return;
      }
      throw e.getCause();
    }
    for (Path file : deepestFirst) {
      Files.deleteIfExists(file);
    }
  }

  private static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Fills an empty folder. */
  @FunctionalInterface
  public interface Contents {
    void fill(Path folder) throws IOException;
  }

  /** Writes a file's content. */
  @FunctionalInterface
  public interface FileContent {
    void writeTo(OutputStream out) throws IOException;
  }
}
