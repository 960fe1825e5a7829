package io.millrace.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.example.Partition;
import io.millrace.testing.JsonSchemas;
import io.millrace.testing.RollBacks;
import io.millrace.version.DataSince;
import io.millrace.version.Provenance.OffsetRange;
import io.millrace.version.RolledBack;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandTest {

  @Test
  void eachCommandIsReadFromItsJson() {
    assertThat(parse("{\"id\": \"a-1\", \"command\": \"pause\"}"))
        .isEqualTo(new Command.Pause("a-1", Optional.empty()));
    assertThat(parse("{\"id\": \"a\", \"command\": \"resume\", \"why\": \"unknown field\"}"))
        .isEqualTo(new Command.Resume("a", Optional.empty()));
    assertThat(parse("{\"id\": \"a\", \"command\": \"publish\", \"by\": \"alice\"}"))
        .isEqualTo(new Command.Publish("a", Optional.of("alice")));
    assertThat(parse("{\"id\": \"a\", \"command\": \"re-warm\", \"by\": 7}"))
        .isEqualTo(new Command.ReWarm("a", Optional.empty()));
    assertThat(
            parse(
                "{\"id\": \"a\", \"command\": \"roll-back\", \"version\": 3, \"data\": \"replay\"}"))
        .isEqualTo(new Command.RollBack("a", Optional.empty(), 3, DataSince.REPLAY));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "nonsense | the command is not valid JSON",
        "[] | the command is not a JSON object",
        "{\"command\": \"pause\"} | \"id\" is missing or not a string",
        "{\"id\": \"a b\", \"command\": \"pause\"} | \"id\" has 1 to 100 letters",
        "{\"id\": \"a\"} | \"command\" is missing or not a string",
        "{\"id\": \"a\", \"command\": \"stop\"} | \"command\" is none of pause",
        "{\"id\": \"a\", \"command\": \"roll-back\", \"data\": \"skip\"} | \"version\" is not the number",
        "{\"id\": \"a\", \"command\": \"roll-back\", \"version\": 0, \"data\": \"skip\"} | \"version\" is not the number",
        "{\"id\": \"a\", \"command\": \"roll-back\", \"version\": 2} | \"data\" says what becomes",
      })
  void whatBreaksARuleIsRefusedByItsName(String json, String rule) {
    assertThatThrownBy(() -> parse(json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(rule);
  }

  @Test
  void whatIsNoCommandKeepsItsIdAndSenderWhereTheyCanBeRead() {
    assertThat(read("{\"id\": \"a\", \"command\": \"stop\", \"by\": \"alice\"}"))
        .isEqualTo(
            new Command.Unreadable(
                "a",
                Optional.of("alice"),
                "\"command\" is none of pause, resume, publish, re-warm, roll-back"));
    assertThat(read("pause"))
        .isEqualTo(
            new Command.Unreadable(
                "control-0:7", Optional.empty(), "the command is not valid JSON"));
    assertThat(Command.read(null, "control-0@7").name()).isEqualTo("unreadable");
    assertThat(read("{\"id\": \"a\", \"command\": \"pause\"}"))
        .isEqualTo(new Command.Pause("a", Optional.empty()));
  }

  @Test
  void theEventOfARollBackFollowsItsSchema() {
    RolledBack event =
        RollBacks.to(3, 17)
            .model("mail")
            .from(5)
            .by("on-call-1")
            .because("asked for")
            .skipped(Map.of(new Partition("examples", 0), new OffsetRange(3, 9)))
            .build();

    JsonSchemas schema = JsonSchemas.load("version-rolledback");
    assertThat(schema.id()).isEqualTo(RolledBack.DATA_SCHEMA);
    assertThat(schema.errors(event.json())).isEmpty();
    assertThat(schema.errors(event.json().replace("SKIP", "LOSE"))).isNotEmpty();
  }

  private static Command read(String json) {
    return Command.read(json.getBytes(UTF_8), "control-0@7");
  }

  private static Command parse(String json) {
    return Command.parse(json.getBytes(UTF_8));
  }
}
