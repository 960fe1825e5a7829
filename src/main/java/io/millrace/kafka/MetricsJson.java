package io.millrace.kafka;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.event.MetricRecord;
import io.millrace.storage.Json;

/** The metrics topic's JSON: the record's type, then its components. Thread-safe. */
public final class MetricsJson {

  private MetricsJson() {}

  public static byte[] bytes(MetricRecord record) {
    ObjectNode fields = Json.MAPPER.createObjectNode().put("type", record.type());
    fields.setAll((ObjectNode) Json.MAPPER.valueToTree(record));
    try {
      return Json.MAPPER.writeValueAsBytes(fields);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree is always written", e);
    }
  }
}
