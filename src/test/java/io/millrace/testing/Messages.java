package io.millrace.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.cloudevents.CloudEvent;
import io.cloudevents.core.format.EventFormat;
import io.cloudevents.jackson.JsonFormat;
import io.millrace.storage.Json;
import io.millrace.version.VersionEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** What a run left on its topics against the contract: every record, its key and its headers. */
public final class Messages {

  private static final EventFormat CLOUD_EVENTS = new JsonFormat();
  private static final JsonSchemas EXAMPLE = JsonSchemas.load("example");
  private static final JsonSchemas COMMAND = JsonSchemas.load("control-command");
  private static final JsonSchemas METRIC = JsonSchemas.load("metric-record");
  private static final JsonSchemas LETTER = JsonSchemas.load("dead-letter-headers");

  private Messages() {}

  /** Of the versions topic: CloudEvents that the CloudEvents SDK reads; answers their types. */
  public static Set<String> versions(String model, List<ConsumerRecord<byte[], byte[]>> records) {
    Set<String> types = new HashSet<>();
    Set<String> ids = new HashSet<>();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      key(model, record);
      assertThat(record.headers().lastHeader("content-type").value())
          .asString(UTF_8)
          .isEqualTo(VersionEvent.CONTENT_TYPE)
          .isEqualTo(CLOUD_EVENTS.serializedContentType());
      CloudEvent event = CLOUD_EVENTS.deserialize(record.value());
      assertThat(event.getSource()).hasToString("/millrace/" + model);
      assertThat(event.getDataContentType()).isEqualTo("application/json");
      assertThat(event.getTime()).isNotNull();
      assertThat(event.getData()).isNotNull();
      assertThat(ids.add(event.getId())).as("%s is a second event", event.getId()).isTrue();
      follows(JsonSchemas.ofEvent(event.getDataSchema().toString()), record);
      types.add(event.getType());
    }
    return types;
  }

  /** Of the metrics topic; answers their types. */
  public static Set<String> metrics(String model, List<ConsumerRecord<byte[], byte[]>> records) {
    Set<String> types = new HashSet<>();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      key(model, record);
      follows(METRIC, record);
      try {
        types.add(Json.MAPPER.readTree(record.value()).get("type").asText());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return types;
  }

  /** Of the dead-letter topic; answers their reasons. */
  public static Set<String> deadLetters(List<ConsumerRecord<byte[], byte[]>> records) {
    Set<String> reasons = new HashSet<>();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      Map<String, String> headers = new TreeMap<>();
      for (Header header : record.headers()) {
        headers.put(header.key(), new String(header.value(), UTF_8));
      }
      assertThat(LETTER.errors(Json.MAPPER.valueToTree(headers).toString()))
          .as("%s", record)
          .isEmpty();
      reasons.add(headers.get("millrace-reason"));
    }
    return reasons;
  }

  /** Of the examples or the held-out topic, without those that were refused. */
  public static void examples(List<ConsumerRecord<byte[], byte[]>> records) {
    records.forEach(record -> follows(EXAMPLE, record));
  }

  /** Of the control topic. */
  public static void commands(String model, List<ConsumerRecord<byte[], byte[]>> records) {
    for (ConsumerRecord<byte[], byte[]> record : records) {
      key(model, record);
      follows(COMMAND, record);
    }
  }

  private static void key(String model, ConsumerRecord<byte[], byte[]> record) {
    assertThat(record.key()).asString(UTF_8).isEqualTo(model);
  }

  private static void follows(JsonSchemas schema, ConsumerRecord<byte[], byte[]> record) {
    String json = new String(record.value(), UTF_8);
    assertThat(schema.errors(json)).as(json).isEmpty();
  }
}
