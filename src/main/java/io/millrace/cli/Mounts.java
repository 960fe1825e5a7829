package io.millrace.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The file systems that this process sees, and whether code may be loaded from them. Read from the
 * kernel's table, so that nothing has to be written to find out. Immutable.
 */
final class Mounts {

  private static final Path TABLE = Path.of("/proc/self/mounts");

  private final List<Mount> mounts;

  private Mounts(List<Mount> mounts) {
    this.mounts = List.copyOf(mounts);
  }

  /** Those of now; none where the system has no such table: then nothing counts as noexec. */
  static Mounts now() {
    try {
      return parse(Files.readAllLines(TABLE));
    } catch (IOException e) {
      return new Mounts(List.of());
    }
  }

  /**
   * Reads the table.
   *
   * @param lines device, folder, type and options, separated by blanks; see {@code fstab(5)}
   */
  static Mounts parse(List<String> lines) {
    List<Mount> mounts = new ArrayList<>();
    for (String line : lines) {
      String[] columns = line.split(" ");
      if (columns.length >= 4) {
        mounts.add(
            new Mount(
                Path.of(unescaped(columns[1])),
                Arrays.asList(columns[3].split(",")).contains("noexec")));
      }
    }
    return new Mounts(mounts);
  }

  /** Whether the folder, or where it will be, is on a file system that nothing is loaded from. */
  boolean isNoexec(Path folder) {
    Path real = real(folder.toAbsolutePath().normalize());
    Mount holds = null;
    for (Mount mount : mounts) { // of two at the same folder the later one hides the earlier
      if (real.startsWith(mount.folder())
          && (holds == null || mount.folder().getNameCount() >= holds.folder().getNameCount())) {
        holds = mount;
      }
    }
    return holds != null && holds.noexec();
  }

  private static Path real(Path folder) {
    for (Path there = folder; there != null; there = there.getParent()) {
      try {
        return there.toRealPath().resolve(there.relativize(folder));
      } catch (IOException e) {
        continue; // not there yet: its parent decides
      }
    }
    return folder;
  }

  /** The table writes blank, tab, line feed and backslash as octal numbers. */
  private static String unescaped(String name) {
    return name.replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\");
  }

  private record Mount(Path folder, boolean noexec) {}
}
