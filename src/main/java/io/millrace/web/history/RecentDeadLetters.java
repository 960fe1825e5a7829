package io.millrace.web.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.event.DeadLetterSink;
import io.millrace.example.DeadLetter;
import io.millrace.example.InboundRecord;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The last dead letters that this process sent, without their content unless a setting allows it.
 */
@ApplicationScoped
public class RecentDeadLetters implements DeadLetterSink {

  /** A page of them; the topic has all. */
  static final int KEPT = 200;

  static final int SHOWN_CHARACTERS = 500;

  private final RingBuffer<Letter> letters = new RingBuffer<>(KEPT);
  private final boolean showText;

  RecentDeadLetters(WebSettings settings) {
    this.showText = settings.showText();
  }

  @Override
  public void sent(DeadLetter letter) {
    InboundRecord record = letter.record();
    letters.add(
        new Letter(
            Instant.now(),
            record.position().topic(),
            record.position().partition(),
            record.position().offset(),
            letter.reason(),
            letter.detail(),
            record.size(),
            shown(record.value())));
  }

  private Optional<String> shown(byte[] value) {
    if (!showText || value == null) {
      return Optional.empty();
    }
    // No more bytes than the characters can have: the value may be megabytes.
    String start = new String(value, 0, Math.min(value.length, 4 * SHOWN_CHARACTERS), UTF_8);
    return Optional.of(start.substring(0, Math.min(start.length(), SHOWN_CHARACTERS)));
  }

  /** Newest first. */
  List<Letter> newestFirst() {
    return letters.newestFirst();
  }

  /**
   * A record that was refused.
   *
   * @param sent when it was on the dead-letter topic
   * @param topic that it came from
   * @param partition of that topic
   * @param offset in that partition
   * @param reason the rule it broke
   * @param detail one sentence; never the text
   * @param bytes of key, value and headers
   * @param value its beginning, where {@code millrace.web.show-text} allows it
   */
  public record Letter(
      Instant sent,
      String topic,
      int partition,
      long offset,
      DeadLetter.Reason reason,
      String detail,
      long bytes,
      Optional<String> value) {}
}
