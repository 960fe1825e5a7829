package io.millrace.version;

import io.millrace.storage.DurableFolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jboss.logging.Logger;

/** Fetches from folders ({@code file:}), and from what else it is told how to open. */
public final class VerifiedArtifacts implements ArtifactSource {

  private static final Logger LOG = Logger.getLogger(VerifiedArtifacts.class);

  private final Map<String, Opener> openers = new HashMap<>();

  /**
   * @param openers by scheme of the artifact's URI
   */
  public VerifiedArtifacts(Map<String, Opener> openers) {
    this.openers.put("file", file -> Files.newInputStream(Path.of(file)));
    this.openers.putAll(openers);
  }

  @Override
  public Path fetch(ModelVersion version, Path into) throws IOException {
    return fetch(version, version.artifact(), into);
  }

  /**
   * As above, from another place than the announced one.
   *
   * @param artifact URI of the folder
   */
  public Path fetch(ModelVersion version, String artifact, Path into) throws IOException {
    Path target = into.toAbsolutePath().resolve(version.key().toString());
    if (Files.exists(target)) {
      try {
        ArtifactFile.verify(target, version.files());
        return target;
      } catch (IOException e) {
        LOG.warnf("it is fetched again: %s", e.getMessage());
        DurableFolder.remove(target);
      }
    }
    URI folder = folder(version, artifact);
    Opener opener = opener(version, folder);
    try {
      DurableFolder.write(
          target,
          aside -> {
            for (ArtifactFile file : version.files()) {
              fetch(opener, URI.create(folder + file.name()), file, aside);
            }
          });
      return target;
    } catch (RefusedException e) {
      throw new IOException(e.getMessage(), e.getCause());
    }
  }

  private static void fetch(Opener opener, URI from, ArtifactFile file, Path folder) {
    try {
      copy(opener, from, file, folder.resolve(file.name()));
      file.verify(folder);
    } catch (IOException | IllegalArgumentException e) { // that of a file: URI with a host
      throw new RefusedException("%s cannot be fetched: %s".formatted(from, e.getMessage()), e);
    }
  }

  /** Adds a trailing slash, for the name. */
  private static URI folder(ModelVersion version, String artifact) throws IOException {
    try {
      return new URI(artifact.endsWith("/") ? artifact : artifact + "/");
    } catch (URISyntaxException e) {
      throw new IOException(
          "version %d: its artifact \"%s\" is no URI: %s"
              .formatted(version.version(), artifact, e.getReason()),
          e);
    }
  }

  private Opener opener(ModelVersion version, URI folder) throws IOException {
    Opener opener = openers.get(folder.getScheme());
    if (opener == null) {
      throw new IOException(
          "version %d: its artifact \"%s\" is of none of the kinds %s"
              .formatted(version.version(), folder, new TreeSet<>(openers.keySet())));
    }
    return opener;
  }

  /** No more than one byte above what was announced: whatever is there must not fill the disk. */
  private static void copy(Opener opener, URI from, ArtifactFile file, Path to) throws IOException {
    try (InputStream in = opener.open(from);
        OutputStream out = Files.newOutputStream(to)) {
      byte[] buffer = new byte[1 << 16];
      long left = file.size() + 1;
      for (int read = in.read(buffer); read >= 0 && left > 0; read = in.read(buffer)) {
        out.write(buffer, 0, (int) Math.min(read, left));
        left -= read;
      }
    }
  }

  /** It is the artifact's fault, not the disk's: the message must not begin with the disk. */
  private static final class RefusedException extends RuntimeException {
    private RefusedException(String message, Exception cause) {
      super(message, cause);
    }
  }

  /** Opens one file; an {@link IOException} says why it cannot. */
  @FunctionalInterface
  public interface Opener {
    InputStream open(URI file) throws IOException;
  }
}
