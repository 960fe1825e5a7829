package io.millrace.example;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The persisted form of a {@link Target}: a label is its index, as in every checkpoint so far;
 * values are an array of numbers. The form says which it is.
 */
final class TargetJson {

  private TargetJson() {}

  /** Writes a number or an array. */
  static final class Writer extends JsonSerializer<Target> {

    Writer() {}

    @Override
    public void serialize(Target target, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      if (target instanceof Target.Label label) {
        out.writeNumber(label.index());
      } else if (target instanceof Target.Values numbers) {
        out.writeStartArray();
        for (float value : numbers.values()) {
          out.writeNumber(value);
        }
        out.writeEndArray();
      }
    }
  }

  /** Reads either. */
  static final class Reader extends JsonDeserializer<Target> {

    Reader() {}

    @Override
    public Target deserialize(JsonParser in, DeserializationContext context) throws IOException {
      if (!in.isExpectedStartArrayToken()) {
        return new Target.Label(in.getIntValue());
      }
      List<Float> read = new ArrayList<>();
      while (in.nextToken() != JsonToken.END_ARRAY) {
        read.add(in.getFloatValue());
      }
      float[] values = new float[read.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = read.get(i);
      }
      return new Target.Values(values);
    }
  }
}
