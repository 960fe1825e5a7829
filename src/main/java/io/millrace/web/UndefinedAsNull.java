package io.millrace.web;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import io.quarkus.jackson.ObjectMapperCustomizer;
import jakarta.inject.Singleton;
import java.io.IOException;

/** Undefined numbers are null in JSON, which has no NaN. */
@Singleton
class UndefinedAsNull implements ObjectMapperCustomizer {

  @Override
  public void customize(ObjectMapper mapper) {
    DoubleSerializer serializer = new DoubleSerializer();
    mapper.registerModule(
        new SimpleModule("undefined-as-null")
            .addSerializer(double.class, serializer)
            .addSerializer(Double.class, serializer));
  }

  private static final class DoubleSerializer extends StdSerializer<Double> {
    private static final long serialVersionUID = 1L;

    DoubleSerializer() {
      super(Double.class);
    }

    @Override
    public void serialize(Double value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      if (Double.isFinite(value)) {
        json.writeNumber(value);
      } else {
        json.writeNull();
      }
    }
  }
}
