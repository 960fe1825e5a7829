package io.millrace.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.UnaryOperator;
import org.jboss.logging.Logger;

/**
 * Chooses where libraries unpack their native code, before any of them is used. What an operator
 * has set stays. Where the folder of temporary files is mounted {@code noexec}, they get one beside
 * libtorch, which has to be loaded from there anyway.
 */
public final class NativeFolders {

  private static final Logger LOG = Logger.getLogger(NativeFolders.class);

  /** Where each library unpacks, and where it looks for what was unpacked before. */
  private static final Map<String, String> UNPACKED_BY_FOLDER =
      Map.of(
          "org.xerial.snappy.tempdir", "org.xerial.snappy.lib.path",
          "ZstdTempFolder", "ZstdNativePath",
          "jna.tmpdir", "jna.boot.library.path");

  private static final String TEMPORARY = "java.io.tmpdir";
  private static final String DJL = "DJL_CACHE_DIR";

  /** Where DJL finds its libraries unpacked; with both, its cache is not used. */
  private static final List<String> DJL_UNPACKED =
      List.of("PYTORCH_LIBRARY_PATH", "RUST_LIBRARY_PATH");

  private final Mounts mounts;
  private final UnaryOperator<String> environment;
  private final Properties properties;

  NativeFolders(Mounts mounts, UnaryOperator<String> environment, Properties properties) {
    this.mounts = mounts;
    this.environment = environment;
    this.properties = properties;
  }

  /**
   * Sets the system properties of this process. Once, before the first library is loaded.
   *
   * @throws IllegalStateException where libtorch cannot be loaded either; names folder and remedy
   */
  public static void prepare() {
    new NativeFolders(Mounts.now(), System::getenv, System.getProperties()).choose();
  }

  void choose() {
    Path cache = djlCache();
    if (mounts.isNoexec(cache)
        && !DJL_UNPACKED.stream().allMatch(name -> setting(name).isPresent())) {
      throw new IllegalStateException(
          ("libtorch cannot be loaded from %s: its file system is mounted noexec. Mount it with exec,"
                  + " or set the environment variable %s to a folder that is")
              .formatted(cache, DJL));
    }
    if (mounts.isNoexec(Path.of(properties.getProperty(TEMPORARY)))) {
      Path folder = cache.resolve("unpacked");
      UNPACKED_BY_FOLDER.forEach(
          (name, unpacked) -> {
            if (properties.getProperty(name) == null
                && properties.getProperty(unpacked) == null
                && made(folder)) {
              properties.setProperty(name, folder.toString());
              LOG.infof(
                  "%s is mounted noexec, so %s is %s",
                  properties.getProperty(TEMPORARY), name, folder);
            }
          });
    }
  }

  /**
   * As DJL finds it: its setting, else the home folder if that can be written, else temporary
   * files.
   */
  private Path djlCache() {
    return setting(DJL)
        .map(Path::of)
        .orElseGet(
            () -> {
              Path home = Path.of(properties.getProperty("user.home"));
              return Files.isWritable(home)
                  ? home.resolve(".djl.ai")
                  : Path.of(properties.getProperty(TEMPORARY));
            });
  }

  /** As DJL reads its settings. */
  private Optional<String> setting(String name) {
    return Optional.ofNullable(environment.apply(name))
        .or(() -> Optional.ofNullable(properties.getProperty(name)))
        .filter(value -> !value.isEmpty());
  }

  private static boolean made(Path folder) {
    try {
      Files.createDirectories(folder);
      return Files.isWritable(folder);
    } catch (IOException e) {
      return false; // read-only; whoever set it up says where, or the check tells what is missing
    }
  }
}
