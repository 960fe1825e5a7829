package io.millrace.kafka.archive;

import static io.millrace.kafka.DeadLetterRecords.header;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.example.InboundRecord;
import io.millrace.example.Partition;
import io.millrace.example.RecordPosition;
import io.millrace.input.Decoded;
import io.millrace.input.ExampleDecoder;
import io.millrace.input.InputTopics;
import io.millrace.input.Retried;
import io.millrace.kafka.DeadLetterRecords;
import io.millrace.version.Provenance.OffsetRange;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Which dead letters are sent back: those of this model, kept whole, not sent before, and about
 * which no later record of their origin's partition is. It is told first of all that was sent, then
 * of all that are wanted, then of what came after their origins. One thread; its memory grows with
 * the letters sent and wanted, some hundred bytes for each.
 */
public final class ReplayFilter {

  private final InputTopics inputs;
  private final ExampleDecoder decoder;
  private final Set<Fingerprint> sent = new HashSet<>();

  /** Where the last record about each wanted id stands, by partition; -1 before one was seen. */
  private final Map<Partition, Map<String, Long>> lastAbout = new HashMap<>();

  /** The first origin of each partition. */
  private final Map<Partition, Long> firstOrigin = new HashMap<>();

  /** What the partitions of the input hold. */
  private final Map<Partition, OffsetRange> held = new HashMap<>();

  ReplayFilter(InputTopics inputs, ExampleDecoder decoder) {
    this.inputs = inputs;
    this.decoder = decoder;
  }

  /** A record that the retry topic has. */
  void sent(InboundRecord record) {
    Retried.of(record).ifPresent(retried -> sent.add(Fingerprint.of(retried.of(), record)));
  }

  /** A letter that is to be sent back, if it can. */
  void wanted(InboundRecord letter) {
    if (obstacle(letter).isEmpty()) {
      Retried retried = retried(letter, OptionalLong.empty());
      Partition partition = retried.origin().inPartition();
      firstOrigin.merge(partition, retried.origin().offset(), Math::min);
      id(retried.atOrigin(letter))
          .ifPresent(id -> lastAbout.computeIfAbsent(partition, p -> new HashMap<>()).put(id, -1L));
    }
  }

  /**
   * What of a partition is to be looked at for records about wanted ones.
   *
   * @param range what its log holds now
   */
  OffsetRange toLookAt(Partition partition, OffsetRange range) {
    held.put(partition, range);
    long from = firstOrigin.getOrDefault(partition, Long.MAX_VALUE - 1) + 1;
    return lastAbout.containsKey(partition)
        ? new OffsetRange(Math.min(range.to(), Math.max(from, range.from())), range.to())
        : new OffsetRange(range.to(), range.to());
  }

  /** A record of the input. */
  void later(InboundRecord record) {
    Map<String, Long> wanted = lastAbout.get(record.position().inPartition());
    id(record)
        .ifPresent(id -> wanted.computeIfPresent(id, (same, at) -> record.position().offset()));
  }

  /** The dead letters to send back; the tally counts the others. */
  List<Sendable> choose(List<InboundRecord> letters, ReplayTally tally) {
    List<Sendable> chosen = new ArrayList<>();
    for (InboundRecord letter : letters) {
      Optional<String> obstacle = obstacle(letter).or(() -> unknown(letter));
      if (obstacle.isPresent()) {
        tally.kept(letter.position() + " " + obstacle.get());
        continue;
      }
      Retried plain = retried(letter, OptionalLong.empty());
      Partition partition = plain.origin().inPartition();
      Retried retried = retried(letter, OptionalLong.of(held.get(partition).to()));
      if (isSuperseded(letter, plain, partition)) {
        tally.superseded();
      } else if (sent.add(Fingerprint.of(retried.of(), letter))) {
        chosen.add(new Sendable(letter, retried));
      } else {
        tally.sentBefore();
      }
    }
    return chosen;
  }

  private boolean isSuperseded(InboundRecord letter, Retried retried, Partition partition) {
    return id(retried.atOrigin(letter))
        .map(id -> lastAbout.get(partition).get(id) > retried.origin().offset())
        .orElse(false);
  }

  /** Why a letter cannot be sent back; empty where it can. */
  private Optional<String> obstacle(InboundRecord letter) {
    Optional<RecordPosition> of = DeadLetterRecords.origin(letter);
    if (of.isEmpty()) {
      return Optional.of("is no dead letter of this service");
    }
    if (header(letter, DeadLetterRecords.VALUE_SHA256).isPresent()) {
      return Optional.of("was too large to be kept whole");
    }
    String topic = retried(letter, OptionalLong.empty()).origin().topic();
    return inputs.isProducers(topic)
        ? Optional.empty()
        : Optional.of("came from topic " + topic + ", which this model does not read");
  }

  /** Where retention has taken what came after it. */
  private Optional<String> unknown(InboundRecord letter) {
    Retried retried = retried(letter, OptionalLong.empty());
    OffsetRange range = held.get(retried.origin().inPartition());
    if (range == null) {
      return Optional.of("came from " + retried.origin().inPartition() + ", which is not there");
    }
    boolean gone = range.from() > retried.origin().offset() + 1;
    return gone && id(retried.atOrigin(letter)).isPresent()
        ? Optional.of(
            "came from %s, whose records are gone up to offset %d: one of them may have corrected it"
                .formatted(retried.origin(), range.from()))
        : Optional.empty();
  }

  /** What a producer wrote into headers of its own counts for nothing. */
  private Retried retried(InboundRecord letter, OptionalLong checkedTo) {
    RecordPosition of = DeadLetterRecords.origin(letter).orElseThrow();
    Optional<Retried> before =
        of.topic().equals(inputs.retry()) ? Retried.of(letter) : Optional.empty();
    Optional<Long> sentAt =
        header(letter, DeadLetterRecords.TIMESTAMP)
            .filter(text -> text.matches("\\d{1,18}"))
            .map(Long::valueOf);
    return new Retried(
        before.map(Retried::origin).orElse(of),
        of,
        letter.position().toString(),
        checkedTo,
        sentAt.isPresent() ? OptionalLong.of(sentAt.get()) : OptionalLong.empty());
  }

  /** The id that its producer gave it, as far as it can be decoded. */
  private Optional<String> id(InboundRecord record) {
    Decoded decoded = decoder.decode(record);
    if (decoded instanceof Decoded.Accepted accepted) {
      return Optional.of(accepted.example().id())
          .filter(id -> !id.equals(record.position().toString()));
    }
    return decoded instanceof Decoded.Retraction retraction
        ? Optional.of(retraction.id())
        : Optional.empty();
  }

  /** A dead letter, and the headers that go with it. */
  record Sendable(InboundRecord letter, Retried retried) {}

  /** Half of a SHA-256 of where a record stood, its key and its value. */
  private record Fingerprint(long high, long low) {

    static Fingerprint of(RecordPosition stood, InboundRecord record) {
      MessageDigest hash = DigestUtils.getSha256Digest();
      hash.update(stood.toString().getBytes(UTF_8));
      for (byte[] part : new byte[][] {record.key(), record.value()}) {
        hash.update(
            ByteBuffer.allocate(Integer.BYTES).putInt(part == null ? -1 : part.length).array());
        hash.update(part == null ? new byte[0] : part);
      }
      ByteBuffer bytes = ByteBuffer.wrap(hash.digest());
      return new Fingerprint(bytes.getLong(), bytes.getLong());
    }
  }
}
