package io.millrace.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a process takes at one moment, MB of 2^20 bytes.
 *
 * @param seconds since the first
 * @param resident physical memory
 * @param jvmCommitted what the JVM itself has committed, by its native memory tracking
 * @param mallocInUse what is allocated by glibc's malloc, mapped blocks included; libtorch's
 *     tensors are in it, and what the JVM allocates that way
 * @param mallocFree what malloc holds and nobody uses
 * @param heapAfterGc live objects on the heap: used right after a full collection
 * @param steps training steps done
 * @param load processes that want a processor, mean of the last minute
 */
record MemorySample(
    double seconds,
    double resident,
    double jvmCommitted,
    double mallocInUse,
    double mallocFree,
    double heapAfterGc,
    long steps,
    double load) {

  private static final double KB_PER_MB = 1 << 10;
  private static final double MB = 1 << 20;
  private static final Pattern COMMITTED = Pattern.compile("Total:.*committed=(\\d+)KB");
  private static final Pattern USED =
      Pattern.compile(
          "(?:garbage-first heap|new generation|tenured generation|PSYoungGen|ParOldGen).*used (\\d+)K");

  /**
   * Measures.
   *
   * @param malloc what {@link MallocAgent} writes
   */
  static MemorySample of(long pid, Path malloc, double seconds, long steps)
      throws IOException, InterruptedException {
    jcmd(pid, "GC.run");
    String heap = jcmd(pid, "GC.heap_info");
    double used = 0;
    for (Matcher found = USED.matcher(heap); found.find(); ) {
      used += Long.parseLong(found.group(1)) / KB_PER_MB;
    }
    Matcher committed = COMMITTED.matcher(jcmd(pid, "VM.native_memory", "summary", "scale=KB"));
    String[] info = Files.exists(malloc) ? Files.readString(malloc).split(" ") : new String[0];
    return new MemorySample(
        seconds,
        resident(pid),
        committed.find() ? Long.parseLong(committed.group(1)) / KB_PER_MB : Double.NaN,
        info.length == 4 ? (Long.parseLong(info[1]) + Long.parseLong(info[2])) / MB : Double.NaN,
        info.length == 4 ? Long.parseLong(info[3]) / MB : Double.NaN,
        used,
        steps,
        Double.parseDouble(Files.readString(Path.of("/proc/loadavg")).split(" ")[0]));
  }

  static double resident(long pid) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / KB_PER_MB)
          .findFirst()
          .orElseThrow();
    }
  }

  /** Gives back what malloc holds and nobody uses. */
  static void trim(long pid) throws IOException, InterruptedException {
    jcmd(pid, "System.trim_native_heap");
  }

  private static String jcmd(long pid, String... command) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Stream.concat(
                    Stream.of(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(pid)),
                    Stream.of(command))
                .toList());
    Process process = builder.redirectErrorStream(true).start();
    String answer = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    return answer;
  }
}
