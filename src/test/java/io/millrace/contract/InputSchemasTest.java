package io.millrace.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.millrace.control.Command;
import io.millrace.input.Decoded;
import io.millrace.input.ExampleDecoder;
import io.millrace.testing.Examples;
import io.millrace.testing.JsonSchemas;
import io.millrace.testing.Labels;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What may be sent to Millrace: its schemas and its readers say the same. */
class InputSchemasTest {

  private static final JsonSchemas EXAMPLE = JsonSchemas.load("example");
  private static final JsonSchemas COMMAND = JsonSchemas.load("control-command");
  private static final ExampleDecoder DECODER = new ExampleDecoder(100, "source", Labels.TASK);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'text': 'a', 'label': 'b'}",
        "{'text': 'a', 'label': 'b', 'unknown': {'field': [1]}}",
        "{'text': 'a', 'label': 'b', 'id': 'i', 'text_pair': 'p', 'weight': 0.5}",
        "{'text': 'a', 'label': 'b', 'id': null, 'text_pair': null, 'weight': null}",
        "{'text': 'a', 'label': 'b', 'timestamp': null, 'labels': null, 'tags': null}",
        "{'text': 'a', 'label': 'b', 'text_pair': ' '}",
        "{'text': 'a', 'label': 'b', 'timestamp': '2026-01-31T09:30:00.5+01:00'}",
        "{'text': 'a', 'label': 'b', 'timestamp': -5, 'weight': 1e38}",
        "{'text': 'a', 'label': 'b', 'timestamp': 9223372036854775808}",
      })
  void anExampleThatFollowsItsSchemaIsAccepted(String json) {
    assertThat(EXAMPLE.errors(quoted(json))).isEmpty();
    assertThat(decode(json)).isInstanceOf(Decoded.Accepted.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{'text': 'a'}",
        "{'label': 'b'}",
        "{'text': null, 'label': 'b'}",
        "{'text': ' ', 'label': 'b'}",
        "{'text': 'a', 'label': ''}",
        "{'text': 'a', 'label': 1}",
        "{'text': 'a', 'label': 'b', 'id': 4711}",
        "{'text': 'a', 'label': 'b', 'text_pair': ['p']}",
        "{'text': 'a', 'label': 'b', 'weight': 0}",
        "{'text': 'a', 'label': 'b', 'weight': 1e-60}",
        "{'text': 'a', 'label': 'b', 'weight': 1e39}",
        "{'text': 'a', 'label': 'b', 'weight': '1'}",
        "{'text': 'a', 'label': 'b', 'timestamp': '2026-01-31T09:30:00'}",
        "{'text': 'a', 'label': 'b', 'timestamp': 'yesterday'}",
        "{'text': 'a', 'label': 'b', 'timestamp': 1.5}",
        "{'text': 'a', 'label': 'b', 'labels': ['b']}",
        "{'text': 'a', 'label': 'b', 'tags': ['b']}",
        "{'text': 'a', 'label': 'b', 'tokens': ['b']}",
      })
  void anExampleThatBreaksItsSchemaIsRefused(String json) {
    assertThat(EXAMPLE.errors(quoted(json))).isNotEmpty();
    assertThat(decode(json)).isInstanceOf(Decoded.Refused.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'id': 'a:1.x_-', 'command': 'pause'}",
        "{'id': 'a', 'command': 'resume', 'version': 'any', 'unknown': 1}",
        "{'id': 'a', 'command': 'publish'}",
        "{'id': 'a', 'command': 'roll-back', 'version': 6, 'data': 'skip'}",
        "{'id': 'a', 'command': 'roll-back', 'version': 1, 'data': 'replay'}",
      })
  void aCommandThatFollowsItsSchemaIsRead(String json) {
    assertThat(COMMAND.errors(quoted(json))).isEmpty();
    assertThat(Command.parse(bytes(json)).id()).startsWith("a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{'command': 'pause'}",
        "{'id': 1, 'command': 'pause'}",
        "{'id': '', 'command': 'pause'}",
        "{'id': 'a b', 'command': 'pause'}",
        "{'id': 'a'}",
        "{'id': 'a', 'command': 'stop'}",
        "{'id': 'a', 'command': 'roll-back'}",
        "{'id': 'a', 'command': 'roll-back', 'version': 6}",
        "{'id': 'a', 'command': 'roll-back', 'data': 'skip'}",
        "{'id': 'a', 'command': 'roll-back', 'version': 0, 'data': 'skip'}",
        "{'id': 'a', 'command': 'roll-back', 'version': '6', 'data': 'skip'}",
        "{'id': 'a', 'command': 'roll-back', 'version': 6, 'data': 'SKIP'}",
      })
  void aCommandThatBreaksItsSchemaIsRefused(String json) {
    assertThat(COMMAND.errors(quoted(json))).isNotEmpty();
    assertThatIllegalArgumentException().isThrownBy(() -> Command.parse(bytes(json)));
  }

  private static Decoded decode(String json) {
    return DECODER.decode(Examples.record("examples", 0, quoted(json)));
  }

  private static byte[] bytes(String json) {
    return quoted(json).getBytes(StandardCharsets.UTF_8);
  }

  private static String quoted(String json) {
    return json.replace('\'', '"');
  }
}
