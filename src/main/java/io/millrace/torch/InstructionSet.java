package io.millrace.torch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The processor's vector instructions: libtorch picks its kernels by them, and other kernels round
 * otherwise.
 */
final class InstructionSet {

  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private InstructionSet() {}

  /** Such as {@code amx_tile avx avx2 avx512f}; {@code unknown} where the system does not tell. */
  static String name() {
    try (Stream<String> lines = Files.lines(CPU_INFO)) {
      return of(lines);
    } catch (IOException e) {
      return "unknown";
    }
  }

  static String of(Stream<String> cpuInfo) {
    Set<String> vector =
        cpuInfo
            .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
            .limit(1)
            .flatMap(line -> Arrays.stream(line.split("\\s+")))
            .filter(flag -> flag.matches("(avx|amx|fma|asimd|sve|bf16|i8mm).*"))
            .collect(Collectors.toCollection(TreeSet::new));
    return vector.isEmpty() ? "unknown" : String.join(" ", vector);
  }
}
