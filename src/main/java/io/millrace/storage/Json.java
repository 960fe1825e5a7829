package io.millrace.storage;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;

/**
 * How Millrace writes JSON: times in ISO 8601, undefined numbers (NaN) as null, absent values as
 * null. Unknown fields are ignored on reading, so that older code reads newer events; what follows
 * a value is not, for then the value is not what was written.
 */
public final class Json {

  public static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .addModule(new Jdk8Module())
          .addModule(undefinedAsNull())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Json() {}

  /** JSON has no NaN; null says undefined, and is read back as NaN. */
  public static SimpleModule undefinedAsNull() {
    JsonSerializer<Double> write =
        new JsonSerializer<>() {
          @Override
          public void serialize(Double value, JsonGenerator out, SerializerProvider provider)
              throws IOException {
            if (Double.isFinite(value)) {
              out.writeNumber(value);
            } else {
              out.writeNull();
            }
          }
        };
    JsonDeserializer<Double> read =
        new JsonDeserializer<>() {
          @Override
          public Double deserialize(JsonParser in, DeserializationContext context)
              throws IOException {
            return in.getDoubleValue();
          }

          @Override
          public Double getNullValue(DeserializationContext c) {
            return Double.NaN;
          }
        };
    return new SimpleModule("undefined-as-null")
        .addSerializer(Double.class, write)
        .addSerializer(double.class, write)
        .addDeserializer(Double.class, read)
        .addDeserializer(double.class, read);
  }
}
