package io.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Base64;

/**
 * Offers {@link Mutations} to what must take or refuse them. A failure tells the input, so that it
 * can become a test of its own.
 */
public final class Fuzz {

  public static final long SEED = 20;

  /** What an input of a few kilobytes may make its reader allocate. */
  private static final long MOST_BYTES = 16L << 20;

  private static final ThreadMXBean MEMORY = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Fuzz() {}

  /**
   * @param valid what the inputs begin with
   * @param count how many
   * @param check throws where an input is neither taken nor refused as it should be
   */
  public static void each(byte[] valid, int count, Check check) {
    Mutations.of(valid, SEED, count).forEach(input -> offer(input, check));
  }

  /** Offers one input. */
  public static void offer(byte[] input, Check check) {
    String name = "input in base64: " + Base64.getEncoder().encodeToString(input);
    long before = MEMORY.getCurrentThreadAllocatedBytes();
    try {
      check.accept(input);
    } catch (Throwable e) { // whatever it is, it says nothing without the input
      throw new AssertionError(name, e);
    }
    assertThat(MEMORY.getCurrentThreadAllocatedBytes() - before)
        .as("bytes allocated for %s", name)
        .isLessThan(MOST_BYTES);
  }

  /** Reads an input and looks at what comes of it. */
  @FunctionalInterface
  public interface Check {
    void accept(byte[] input) throws Exception;
  }
}
