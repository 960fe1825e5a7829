package io.millrace.backtest;

import io.millrace.example.LabelledExample;
import java.nio.ByteBuffer;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * The tenth of a stream that is never trained on: told by a hash of the id, or of the text where
 * the producer gave none, so that an example that comes twice is on one side both times.
 */
final class HeldOutTenth {

  private HeldOutTenth() {}

  static boolean contains(LabelledExample example) {
    boolean named = !example.id().equals(example.position().toString());
    return Long.remainderUnsigned(hash(named ? example.id() : example.text()), 10) == 0;
  }

  /** The first eight bytes of SHA-256, which is the same on every machine and in every language. */
  private static long hash(String key) {
    return ByteBuffer.wrap(DigestUtils.sha256(key)).getLong();
  }
}
