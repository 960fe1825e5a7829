package io.millrace.testing;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Valid inputs gone wrong: cut, flipped, repeated, spliced. The same seed gives the same inputs.
 */
public final class Mutations {

  private static final List<byte[]> FRAGMENTS =
      Stream.of(
              "{",
              "}",
              "[",
              "]",
              "\"",
              ":",
              ",",
              "null",
              "true",
              "-1",
              "1e999",
              "NaN",
              "9223372036854775808",
              "1e400000000",
              "\\u0000",
              "\\ud800",
              "[[[[[[[[",
              "{\"a\":{\"a\":{\"a\":")
          .map(text -> text.getBytes(StandardCharsets.UTF_8))
          .toList();

  private static final String DELIMITERS = ",}]";

  private Mutations() {}

  /**
   * @param valid what they begin with
   * @param count how many
   */
  public static Stream<byte[]> of(byte[] valid, long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Function<byte[], byte[]>> ways =
        List.of(
            bytes -> cut(bytes, random),
            bytes -> flip(bytes, random),
            bytes -> splice(bytes, fragment(random), random),
            bytes -> splice(bytes, slice(bytes, random), random),
            bytes -> overwrite(bytes, random),
            bytes -> replaceValue(bytes, fragment(random), random),
            bytes -> fragment(random));
    return Stream.generate(
            () -> {
              byte[] mutated = valid;
              for (int times = random.nextInt(1, 4); times > 0; times--) {
                mutated = ways.get(random.nextInt(ways.size())).apply(mutated);
              }
              return mutated;
            })
        .limit(count);
  }

  private static byte[] fragment(SplittableRandom random) {
    return FRAGMENTS.get(random.nextInt(FRAGMENTS.size()));
  }

  private static byte[] cut(byte[] bytes, SplittableRandom random) {
    return Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
  }

  private static byte[] flip(byte[] bytes, SplittableRandom random) {
    byte[] flipped = bytes.clone();
    if (bytes.length > 0) {
      flipped[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return flipped;
  }

  private static byte[] overwrite(byte[] bytes, SplittableRandom random) {
    byte[] changed = bytes.clone();
    if (bytes.length > 0) {
      int from = random.nextInt(bytes.length);
      int to = Math.min(bytes.length, from + random.nextInt(1, 9));
      Arrays.fill(changed, from, to, (byte) (random.nextBoolean() ? 0xff : random.nextInt(256)));
    }
    return changed;
  }

  private static byte[] slice(byte[] bytes, SplittableRandom random) {
    int from = random.nextInt(bytes.length + 1);
    return Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + random.nextInt(64)));
  }

  /** What stands between a colon and the next delimiter: in JSON, mostly a field's value. */
  private static byte[] replaceValue(byte[] bytes, byte[] piece, SplittableRandom random) {
    int colon = random.nextInt(bytes.length + 1);
    while (colon < bytes.length && bytes[colon] != ':') {
      colon++;
    }
    int end = Math.min(colon + 1, bytes.length);
    byte[] head = Arrays.copyOf(bytes, end);
    while (end < bytes.length && DELIMITERS.indexOf(bytes[end]) < 0) {
      end++;
    }
    return splice(
        splice(head, piece, head.length),
        Arrays.copyOfRange(bytes, end, bytes.length),
        head.length + piece.length);
  }

  private static byte[] splice(byte[] bytes, byte[] piece, SplittableRandom random) {
    return splice(bytes, piece, random.nextInt(bytes.length + 1));
  }

  private static byte[] splice(byte[] bytes, byte[] piece, int at) {
    byte[] spliced = Arrays.copyOf(bytes, bytes.length + piece.length);
    System.arraycopy(piece, 0, spliced, at, piece.length);
    System.arraycopy(bytes, at, spliced, at + piece.length, bytes.length - at);
    return spliced;
  }
}
