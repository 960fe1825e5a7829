package io.millrace.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.event.MetricRecord;
import io.millrace.gate.EvaluationOutcome;
import io.millrace.score.Evaluation;
import io.millrace.score.Interval;
import io.millrace.storage.Json;
import io.millrace.testing.Evaluations;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class KafkaMetricsSinkTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  private final List<ProducerRecord<byte[], byte[]>> sent = new ArrayList<>();
  private final List<CompletableFuture<Void>> answers = new ArrayList<>();
  private final KafkaMetricsSink sink =
      new KafkaMetricsSink(
          record -> {
            sent.add(record);
            answers.add(new CompletableFuture<>());
            return answers.get(answers.size() - 1);
          },
          TopicsOf.settings(Map.of()));

  @Test
  void aStepIsJsonWithItsTypeKeyedByModelAndUndefinedIsNull() throws IOException {
    // When
    sink.accept(step(7, Double.NaN));

    // Then
    JsonNode json = json(sent.get(0));
    assertThat(sent.get(0).topic()).isEqualTo("millrace.metrics");
    assertThat(new String(sent.get(0).key(), UTF_8)).isEqualTo("mail");
    assertThat(json.get("type").asText()).isEqualTo("step");
    assertThat(json.get("time").asText()).isEqualTo("2026-01-01T12:00:00Z");
    assertThat(json.get("step").asLong()).isEqualTo(7);
    assertThat(json.get("loss").isNull()).isTrue();
    assertThat(json.get("gradNorm").asDouble()).isEqualTo(1.5);
    assertThat(json.get("lag").asLong()).isEqualTo(12);
  }

  @Test
  void anEvaluationIsJsonToItsLeavesAndGoesOutWithItsUnit() throws IOException {
    // Given
    Evaluation evaluation =
        Evaluations.evaluation()
            .loss(0.5)
            .priorLoss(0.69)
            .macroF1(Double.NaN)
            .label("ham", 0, Double.NaN, Double.NaN, Double.NaN)
            .confusion(List.of(List.of(0L, 1L), List.of(2L, 3L)))
            .from(NOON, Optional.empty())
            .build();

    MetricRecord.Evaluated evaluated =
        new MetricRecord.Evaluated(
            "mail",
            NOON,
            20,
            evaluation,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(1L),
            EvaluationOutcome.PUBLISH,
            "first",
            Optional.empty(),
            Optional.empty(),
            0.1);

    // When
    sink.accept(evaluated);

    // Then it is left to the commit unit, which sends it exactly once
    assertThat(sent).isEmpty();
    JsonNode json = Json.MAPPER.readTree(MetricsJson.bytes(evaluated));
    assertThat(json.get("type").asText()).isEqualTo("evaluation");
    assertThat(json.get("champion").isNull()).isTrue();
    assertThat(json.get("published").asLong()).isEqualTo(1);
    JsonNode candidate = json.get("candidate");
    assertThat(candidate.get("macroF1").isNull()).isTrue();
    assertThat(candidate.get("classes").get(0).get("precision").isNull()).isTrue();
    assertThat(candidate.get("confusion").get(1).get(1).asLong()).isEqualTo(3);
    assertThat(candidate.get("oldest").asText()).isEqualTo("2026-01-01T12:00:00Z");
    assertThat(candidate.get("newest").isNull()).isTrue();
  }

  @Test
  void whileTheBrokerIsAwayTheOldestAreDroppedAndCountedAndTheRestFollowsInOrder()
      throws IOException {
    // Given a broker that does not answer
    int all = KafkaMetricsSink.UNDER_WAY + KafkaMetricsSink.WAITING + 5;
    for (int i = 0; i < all; i++) {
      sink.accept(step(i, 1));
    }
    assertThat(sent).hasSize(KafkaMetricsSink.UNDER_WAY);
    assertThat(sink.dropped()).isEqualTo(5);

    // When it is back
    for (int i = 0; i < answers.size(); i++) {
      answers.get(i).complete(null);
    }

    // Then
    List<Long> expected =
        LongStream.concat(
                LongStream.range(0, KafkaMetricsSink.UNDER_WAY),
                LongStream.range(KafkaMetricsSink.UNDER_WAY + 5, all))
            .boxed()
            .toList();
    assertThat(sent.stream().map(record -> json(record).get("step").asLong()).toList())
        .isEqualTo(expected);
  }

  @Test
  void aSenderThatFailsAtOnceDropsWithoutEnd() {
    // Given
    KafkaMetricsSink failing =
        new KafkaMetricsSink(
            record -> CompletableFuture.failedFuture(new IllegalStateException("closed")),
            TopicsOf.settings(Map.of()));

    // When
    for (int i = 0; i < 20_000; i++) {
      failing.accept(step(i, 1));
    }

    // Then
    assertThat(failing.dropped()).isEqualTo(20_000);
  }

  private static MetricRecord step(long step, double loss) {
    return new MetricRecord.StepDone(
        "mail",
        NOON,
        step,
        32 * step,
        32,
        900,
        1000,
        List.of(32),
        0,
        loss,
        1.5,
        false,
        5e-5,
        0.4,
        0.8,
        new Interval(0.7, 0.87),
        0.6,
        0.7,
        0.01,
        0,
        Optional.of(12L),
        new MetricRecord.Replayed(false, 0, 0, 0));
  }

  private static JsonNode json(ProducerRecord<byte[], byte[]> record) {
    try {
      return new ObjectMapper().readTree(record.value());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
