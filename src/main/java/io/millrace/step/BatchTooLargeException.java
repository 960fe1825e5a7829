package io.millrace.step;

import ai.djl.engine.EngineException;
import io.millrace.tokenize.TokenBatch;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The device has not enough memory for a batch. What the pass made so far is freed with its scope.
 */
final class BatchTooLargeException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** How the allocators of libtorch, CUDA and cuBLAS say it, in lower case. */
  private static final List<String> SIGNS =
      List.of(
          "out of memory",
          "out_of_memory",
          "not enough memory",
          "can't allocate memory",
          "defaultcpuallocator",
          "alloc_failed");

  private final transient TokenBatch batch;

  BatchTooLargeException(TokenBatch batch, EngineException cause) {
    super(complaint(cause).orElse(cause.getMessage()), cause);
    this.batch = batch;
  }

  TokenBatch batch() {
    return batch;
  }

  /** Whether the engine failed for lack of memory, by what it says: it has no type for that. */
  static boolean isOutOfMemory(EngineException e) {
    return complaint(e).isPresent();
  }

  /** The line that says so; others are a stack of C++ frames. */
  private static Optional<String> complaint(EngineException e) {
    return String.valueOf(e.getMessage())
        .lines()
        .filter(line -> SIGNS.stream().anyMatch(line.toLowerCase(Locale.ROOT)::contains))
        .findFirst();
  }
}
