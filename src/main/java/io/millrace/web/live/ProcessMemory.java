package io.millrace.web.live;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * What the process takes. Weights and tensors are outside the heap, so resident memory minus the
 * committed heap is mostly theirs.
 *
 * @param heapUsed bytes of the Java heap in use, garbage included
 * @param heapCommitted bytes the heap has taken from the system
 * @param heapMax bytes it may take
 * @param resident bytes of physical memory of the whole process; absent where the system does not
 *     tell
 */
@Schema(name = "Memory")
public record ProcessMemory(
    long heapUsed, long heapCommitted, long heapMax, Optional<Long> resident) {

  private static final Path STATUS = Path.of("/proc/self/status");

  static ProcessMemory now() {
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    return new ProcessMemory(heap.getUsed(), heap.getCommitted(), heap.getMax(), resident(STATUS));
  }

  /** Linux tells it in a file that costs nothing to read. */
  static Optional<Long> resident(Path status) {
    try (Stream<String> lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .map(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
