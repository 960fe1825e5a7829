package io.millrace.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import io.millrace.storage.Json;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartitionTest {

  @Test
  void aTopicMayHoldDashes() {
    assertThat(Partition.parse("a-1-12")).isEqualTo(new Partition("a-1", 12));
    assertThat(new Partition("a-1", 12)).hasToString("a-1-12");
  }

  @Test
  void inJsonItIsItsNameAsAKeyAndAsAValue() throws Exception {
    // Given
    Map<Partition, Partition> map = Map.of(new Partition("a-b", 0), new Partition("c", 1));

    // When
    String json = Json.MAPPER.writeValueAsString(map);

    // Then
    assertThat(json).isEqualTo("{\"a-b-0\":\"c-1\"}");
    assertThat(Json.MAPPER.readValue(json, new TypeReference<Map<Partition, Partition>>() {}))
        .isEqualTo(map);
  }

  @Test
  void itIsOrderedAsItsName() {
    assertThat(new Partition("a", 10)).isLessThan(new Partition("a", 2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "a-", "a-b", "a-1b", "a-99999999999"})
  void whatIsNoPartitionIsRefusedByName(String name) {
    assertThatThrownBy(() -> Partition.parse(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"" + name + "\" is no partition");
  }
}
