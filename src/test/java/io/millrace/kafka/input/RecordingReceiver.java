package io.millrace.kafka.input;

import io.millrace.example.InboundRecord;
import io.millrace.example.InputPositions;
import io.millrace.intake.RecordReceiver;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;

/** A pipeline that keeps what it gets, and blocks when told to. */
final class RecordingReceiver implements RecordReceiver {

  private static final int OPEN = 1_000_000;

  private final List<InboundRecord> received = new CopyOnWriteArrayList<>();
  private final List<String> ownership = new CopyOnWriteArrayList<>();
  private final Queue<RuntimeException> refusals = new ConcurrentLinkedQueue<>();
  private final Semaphore permits;
  private volatile InputPositions positions;
  private volatile int generation;
  private volatile boolean owner;
  private volatile Optional<Set<String>> known = Optional.empty();
  private volatile Optional<RuntimeException> full = Optional.empty();

  private RecordingReceiver(InputPositions start, int permits) {
    this.positions = start;
    this.permits = new Semaphore(permits);
  }

  static RecordingReceiver open(InputPositions start) {
    return new RecordingReceiver(start, OPEN);
  }

  /** Takes this many records and then blocks until {@link #release()}. */
  static RecordingReceiver blockingAfter(int records) {
    return new RecordingReceiver(InputPositions.START, records);
  }

  void release() {
    permits.release(OPEN);
  }

  List<InboundRecord> received() {
    return received;
  }

  /** Offsets received of one partition, in the order of their arrival. */
  List<Long> offsets(String topic, int partition) {
    return received.stream()
        .map(InboundRecord::position)
        .filter(position -> position.topic().equals(topic) && position.partition() == partition)
        .map(position -> position.offset())
        .toList();
  }

  /** How often it became the owner, and stopped being one. */
  List<String> ownership() {
    return ownership;
  }

  /** Goes on from here at the next take-over. */
  void rewind(InputPositions to) {
    positions = to;
  }

  /** Fails the next take-overs with these, one after the other. */
  void fail(RuntimeException... failures) {
    refusals.addAll(List.of(failures));
  }

  /** Took over when there were these topics only. */
  void knowsOnly(Set<String> topics) {
    known = Optional.of(topics);
  }

  /** Takes no record from now on. */
  void refuse(RuntimeException why) {
    full = Optional.of(why);
  }

  @Override
  public InputPositions takeOver(int generation) {
    RuntimeException refusal = refusals.poll();
    if (refusal != null) {
      ownership.add("fails");
      throw refusal;
    }
    this.generation = generation;
    owner = true;
    ownership.add("takes over");
    return positions;
  }

  @Override
  public void giveUp(String why) {
    owner = false;
    ownership.add("gives up");
  }

  @Override
  public boolean knows(Set<String> topics) {
    return known.map(all -> all.containsAll(topics)).orElse(true);
  }

  @Override
  public boolean isOwner() {
    return owner;
  }

  @Override
  public void receive(int generation, List<InboundRecord> records) throws InterruptedException {
    if (generation < this.generation) {
      return;
    }
    if (full.isPresent()) {
      throw full.get();
    }
    for (InboundRecord record : records) {
      String topic = record.position().topic();
      long next = positions.of(topic, record.position().partition()).orElse(0);
      if (record.position().offset() >= next) {
        permits.acquire();
        received.add(record);
        positions = positions.after(record.position());
      }
    }
  }

  @Override
  public InputPositions positions() {
    return positions;
  }
}
