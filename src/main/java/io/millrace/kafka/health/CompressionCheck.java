package io.millrace.kafka.health;

import io.millrace.problem.OpenProblems;
import io.millrace.problem.Outlook;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.interceptor.Interceptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.RecordBatch;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.ByteBufferOutputStream;

/**
 * Tries each of Kafka's compressions at start. Producers choose the compression, so a record of any
 * kind may come at any time, and one that cannot be read ends the input.
 */
@ApplicationScoped
class CompressionCheck {

  private static final byte[] SAMPLE = new byte[1024];

  /** What says where the native code is unpacked. */
  private static final Map<CompressionType, String> FOLDERS =
      Map.of(
          CompressionType.SNAPPY, "org.xerial.snappy.tempdir",
          CompressionType.ZSTD, "ZstdTempFolder");

  private final OpenProblems problems;

  @Inject
  CompressionCheck(OpenProblems problems) {
    this.problems = problems;
  }

  /** Before the channels open. */
  void atStart(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent start) {
    for (CompressionType type : CompressionType.values()) {
      failure(type).ifPresent(cause -> report(type, cause));
    }
  }

  /** Compresses and reads back; what went wrong, if anything did. */
  private static Optional<Throwable> failure(CompressionType type) {
    Compression compression = Compression.of(type).build();
    ByteBufferOutputStream compressed = new ByteBufferOutputStream(4 * SAMPLE.length);
    try {
      try (OutputStream out =
          compression.wrapForOutput(compressed, RecordBatch.CURRENT_MAGIC_VALUE)) {
        out.write(SAMPLE);
      }
      compressed.buffer().flip();
      try (InputStream in =
          compression.wrapForInput(
              compressed.buffer(), RecordBatch.CURRENT_MAGIC_VALUE, BufferSupplier.NO_CACHING)) {
        return Arrays.equals(in.readNBytes(SAMPLE.length), SAMPLE)
            ? Optional.empty()
            : Optional.of(new IOException("what was compressed is not what was read back"));
      }
    } catch (IOException | RuntimeException | Error e) { // snappy throws an Error of its own
      return Optional.of(e);
    }
  }

  private void report(CompressionType type, Throwable cause) {
    String property = FOLDERS.getOrDefault(type, "java.io.tmpdir");
    String folder = System.getProperty(property, System.getProperty("java.io.tmpdir"));
    problems.report(
        "compression:" + type.name,
        Outlook.WAITS_FOR_OPERATOR,
        "records compressed with %s cannot be read, the first one will stop the input: its native library does not load from %s (%s)"
            .formatted(type.name, folder, message(cause)),
        "Set -D%s=FOLDER to a folder that is writable and not mounted noexec, and start again"
            .formatted(property));
  }

  private static String message(Throwable cause) {
    Throwable first = cause;
    while (first.getCause() != null) {
      first = first.getCause();
    }
    String text = first.getMessage() == null ? first.toString() : first.getMessage();
    return text.lines().findFirst().orElse(text);
  }
}
