package io.millrace.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.testing.OneAtATime;
import io.millrace.testing.TestBroker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@OneAtATime
class DemoFeedIT {

  private static final int MAILS = 200;

  private final List<Mail> mails = MailStream.read().subList(0, MAILS);
  private DemoFeed.Topics topics;

  @BeforeEach
  void makeTopics() {
    topics = new DemoFeed.Topics(TestBroker.topic("feed", 2), TestBroker.topic("feed-heldout", 1));
  }

  @Test
  void aFeedThatWasInterruptedGoesOnWithoutDuplicatesOrGaps() throws Exception {
    // Given a feed that was stopped on its way
    Thread first = new Thread(feed(200));
    first.start();
    await().atMost(Duration.ofSeconds(30)).until(() -> sent().size() >= 20);
    first.interrupt();
    first.join(10_000);
    assertThat(first.isAlive()).isFalse();
    int before = sent().size();
    assertThat(before).isBetween(20, MAILS - 1);

    // When
    feed(10_000).run();

    // Then
    assertThat(indices())
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, MAILS).boxed().toList());
  }

  @Test
  void mailsGoToTheSideTheirTextDecidesAsExamplesOfTheContract() throws IOException {
    // When
    feed(10_000).run();

    // Then
    for (ConsumerRecord<byte[], byte[]> record : sent()) {
      JsonNode value = new ObjectMapper().readTree(record.value());
      Mail mail = mails.get(index(record));
      assertThat(value.get("id").asText()).isEqualTo(mail.id());
      assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo(mail.id());
      assertThat(value.get("text").asText()).isEqualTo(mail.text());
      assertThat(value.get("label").asText()).isEqualTo(mail.label());
      assertThat(value.get("timestamp").asText()).isEqualTo(mail.timestamp().toString());
      assertThat(record.topic()).isEqualTo(topics.of(mail));
      assertThat(record.timestamp()).as("send time").isGreaterThan(1_700_000_000_000L);
    }
    assertThat(TestBroker.records(topics.heldOut())).hasSizeBetween(10, 30);
  }

  @Test
  void theRateIsKept() {
    // When
    long began = System.nanoTime();
    feed(100).run();
    double seconds = (System.nanoTime() - began) / 1e9;

    // Then 199 intervals of 10 ms, and the time to connect
    assertThat(seconds).isBetween(1.9, 15.0);
    assertThat(sent()).hasSize(MAILS);
  }

  private DemoFeed feed(double rate) {
    return new DemoFeed(TestBroker.client(), topics, mails, rate);
  }

  private List<ConsumerRecord<byte[], byte[]>> sent() {
    List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
    all.addAll(TestBroker.records(topics.examples()));
    all.addAll(TestBroker.records(topics.heldOut()));
    return all;
  }

  private List<Integer> indices() {
    return sent().stream().map(DemoFeedIT::index).toList();
  }

  private static int index(ConsumerRecord<byte[], byte[]> record) {
    byte[] index = record.headers().lastHeader(DemoFeed.INDEX).value();
    return Integer.parseInt(new String(index, StandardCharsets.UTF_8));
  }
}
