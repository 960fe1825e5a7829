package io.millrace.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.millrace.testing.Examples;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

  private record Value(double primitive, Double boxed, Instant time, Optional<Long> absent) {}

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void numbersThatJsonCannotWriteAreNull(double undefined) throws JsonProcessingException {
    assertThat(
            Json.MAPPER.writeValueAsString(
                new Value(undefined, undefined, Examples.NOON, Optional.empty())))
        .isEqualTo(
            "{\"primitive\":null,\"boxed\":null,\"time\":\"2026-01-01T12:00:00Z\",\"absent\":null}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"primitive\":null,\"boxed\":null,\"time\":null}", "{}"})
  void nullAndAbsentAreReadAsUndefined(String json) throws JsonProcessingException {
    Value value = Json.MAPPER.readValue(json, Value.class);
    assertThat(value.primitive()).isNaN();
    assertThat(value.boxed()).isNaN();
    assertThat(value.absent()).isEmpty();
  }

  @Test
  void otherNumbersKeepTheirBits() throws JsonProcessingException {
    for (double number : new double[] {0.1, -0.0, Double.MIN_VALUE, Double.MAX_VALUE, 1e-7}) {
      Value value = new Value(number, number, Examples.NOON, Optional.of(Long.MAX_VALUE));
      assertThat(Json.MAPPER.readValue(Json.MAPPER.writeValueAsString(value), Value.class))
          .isEqualTo(value);
    }
  }
}
