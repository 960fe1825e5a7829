package io.millrace.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.example.DeadLetter;
import io.millrace.example.DeadLetter.Reason;
import io.millrace.example.InboundRecord;
import io.millrace.example.LabelRules;
import io.millrace.example.LabelSet;
import io.millrace.example.LabelledExample;
import io.millrace.example.LookAlikes;
import io.millrace.example.RecordPosition;
import io.millrace.example.TimeSource;
import io.millrace.testing.Examples;
import io.millrace.testing.Labels;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of {@code src/docs/reference/records.md} that a record can break by itself. */
class RecordRulesTest {

  private static final ExampleDecoder DECODER = new ExampleDecoder(20, "group", Labels.TASK);
  private static final String LONG = "x".repeat(2000);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'text':'a\\ud83d','label':'b'} | INVALID_FIELD | \"text\" has half",
        "{'text':'a','label':'new\\ud83d'} | INVALID_FIELD | \"label\" has half",
        "{'text':'a','label':'b','id':'\\udc00x'} | INVALID_FIELD | \"id\" has half",
        "{'text':'a','label':'b','text_pair':'\\ude00\\ud83d'} | INVALID_FIELD | \"text_pair\" has",
        "{'text':'\\u200b\\ufeff\\u00a0','label':'b'} | MISSING_TEXT | \"text\" is missing or"
            + " blank",
        "{'text':'a','label':'\\u200b'} | MISSING_LABEL | \"label\" is missing or blank",
        "{'text':'a','label':'b\\u0007c'} | INVALID_FIELD | \"label\" has a control character",
        "{'text':3,'label':'\\ud83d'} | UNDECODABLE | \"text\" is not a string",
        "{'text':'\\ud83d','label':3} | INVALID_FIELD | \"text\" has half",
        "{'text':'a','label':'b','timestamp':'noon','weight':0} | UNDECODABLE | \"timestamp\" is"
            + " nei",
        "{'tags':[1],'text':'\\ud83d'} | UNSUPPORTED_TASK | \"tags\" belongs",
      })
  void theFirstRuleBrokenIsTheOneNamed(String json, Reason reason, String detail) {
    DeadLetter letter = refused(json);

    assertThat(letter.reason()).isEqualTo(reason);
    assertThat(letter.detail()).startsWith(detail);
  }

  @Test
  void aRecordsTimestampThatNoEventMayHaveIsNone() {
    assertThat(sentAt(1_796_043_343_000L)).contains(Instant.ofEpochMilli(1_796_043_343_000L));
    assertThat(sentAt(0)).isEmpty();
    assertThat(sentAt(-1)).isEmpty();
    assertThat(sentAt(253_402_300_799_999L)).isPresent(); // the last of 9999
    assertThat(sentAt(253_402_300_800_000L)).isEmpty();
    assertThat(sentAt(Long.MAX_VALUE)).isEmpty();
  }

  private static Optional<Instant> sentAt(long millis) {
    return new InboundRecord(
            new RecordPosition("examples", 0, 0), null, new byte[0], List.of(), millis)
        .sentAt();
  }

  @Test
  void labelsAndIdsHaveALengthWhichNoMessageQuotes() {
    // A text that came in the place of the label, a decomposed one that shrinks, and a longer one
    assertThat(refused("{'text':'a','label':'" + LONG + "'}").detail())
        .isEqualTo("\"label\" has 2000 characters, the limit is 256");
    assertThat(
            accepted("{'text':'a','label':'" + "e\u0301".repeat(256) + "'}")
                .target()
                .asName()
                .orElseThrow())
        .isEqualTo("\u00e9".repeat(256));
    assertThat(refused("{'text':'a','label':'" + "e\u0301".repeat(257) + "'}").detail())
        .isEqualTo("\"label\" has 257 characters, the limit is 256");
    assertThat(refused("{'text':'a','label':'" + "\u0301".repeat(200_000) + "'}").reason())
        .isEqualTo(Reason.INVALID_FIELD);
    assertThat(refused("{'text':'a','label':'b','id':'" + LONG + "'}").detail())
        .isEqualTo("\"id\" has 2000 characters, the limit is 512");
  }

  @Test
  void twoSpellingsOfANameAreOneLabelAndCaseAndSpaceCount() {
    assertThat(accepted("{'text':'a','label':'cafe\\u0301'}").target().asName().orElseThrow())
        .isEqualTo("caf\u00e9");
    assertThat(accepted("{'text':'a','label':' Caf\u00e9 '}").target().asName().orElseThrow())
        .isEqualTo(" Caf\u00e9 ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"''", "' '", "'\\u200b'", "'\\u0000'", "null"})
  void aBlankIdOrPairIsAbsent(String value) {
    LabelledExample example =
        accepted("{'text':'a','label':'b','id':" + value + ",'text_pair':" + value + "}");

    assertThat(example.id()).isEqualTo("examples-0@5");
    assertThat(example.textPair()).isEmpty();
  }

  @Test
  void aGroupIsNeverCutWithinAPair() {
    String group = "x".repeat(99) + "\ud83d\ude00";

    assertThat(accepted("{'text':'a','label':'b','group':'" + group + "'}").slice())
        .contains("x".repeat(99));
    assertThat(
            accepted("{'text':'a','label':'b','group':'x" + "\ud83d\ude00".repeat(60) + "'}")
                .slice())
        .contains("x" + "\ud83d\ude00".repeat(49));
    for (String none : List.of("'\\ud83d'", "'\\u200b'", "{}", "[1]", "null")) {
      assertThat(accepted("{'text':'a','label':'b','group':" + none + "}").slice()).isEmpty();
    }
    assertThat(accepted("{'text':'a','label':'b','group':7}").slice()).contains("7");
  }

  @ParameterizedTest
  @CsvSource({
    "1767268800000, 1767268800000, PRODUCER", // noon, when the record was sent
    "1767355200005, 1767355200005, PRODUCER", // a day and no more ahead
    "1767355200006, 1767268800005, REPLACED",
    "0, 0, PRODUCER",
    "-1, 1767268800005, REPLACED",
    "1796043343000000, 1767268800005, REPLACED", // microseconds
    "-9223372036854775809, 1767268800005, REPLACED",
    "9223372036854775808, 1767268800005, REPLACED",
    "'\"1969-12-31T23:59:59.999Z\"', 1767268800005, REPLACED",
    "'\"+999999999-01-01T00:00:00Z\"', 1767268800005, REPLACED",
    "null, 1767268800005, RECORD",
  })
  void aTimeThatCannotBeIsReplacedByTheRecordsOwn(String given, long millis, TimeSource source) {
    Decoded.Accepted accepted =
        (Decoded.Accepted) decode("{'text':'a','label':'b','timestamp':" + given + "}");

    assertThat(accepted.example().eventTime()).isEqualTo(Instant.ofEpochMilli(millis));
    assertThat(accepted.time()).isEqualTo(source);
  }

  @ParameterizedTest
  @CsvSource({
    "253402300799999, 253402300799999, PRODUCER",
    "253402300800000, 0, REPLACED",
    "-5, 0, REPLACED",
    "null, 0, RECORD",
  })
  void whereTheRecordHasNoTimeNineThousandYearsArePossible(
      String given, long millis, TimeSource source) {
    for (long none : new long[] {0, -1, Long.MIN_VALUE, 253402300800000L}) {
      Decoded.Accepted accepted =
          (Decoded.Accepted)
              DECODER.decode(
                  record("{'text':'a','label':'b','timestamp':" + given + "}", null, none));

      assertThat(accepted.example().eventTime()).isEqualTo(Instant.ofEpochMilli(millis));
      assertThat(accepted.time()).isEqualTo(source);
    }
  }

  @Test
  void whatIsNotUtf8IsUndecodableWhateverTheParserWouldMakeOfIt() {
    String json = "{\"text\":\"a\",\"label\":\"b\"}";
    for (byte[] value :
        new byte[][] {
          json.getBytes(StandardCharsets.UTF_16LE),
          json.getBytes(StandardCharsets.UTF_16),
          json.replace('a', '\u00e9').getBytes(StandardCharsets.ISO_8859_1),
          bytes("{\"text\":\"", 0xed, 0xa0, 0xbd, "\",\"label\":\"b\"}"), // a surrogate, encoded
          bytes("{\"text\":\"", 0xc0, 0x80, "\",\"label\":\"b\"}"), // an overlong NUL
          {},
        }) {
      assertThat(DECODER.decode(record(value, null, 0)))
          .isInstanceOfSatisfying(
              Decoded.Refused.class,
              refused -> assertThat(refused.letter().reason()).isEqualTo(Reason.UNDECODABLE));
    }
    assertThat(DECODER.decode(record(("\ufeff" + json).getBytes(StandardCharsets.UTF_8), null, 0)))
        .isInstanceOf(Decoded.Accepted.class);
  }

  @Test
  void aRetractionsKeyIsAnId() {
    assertThat(DECODER.decode(record((byte[]) null, "\u200b".getBytes(StandardCharsets.UTF_8), 0)))
        .isInstanceOf(Decoded.Refused.class);
    assertThat(
            DECODER.decode(
                record((byte[]) null, "x".repeat(513).getBytes(StandardCharsets.UTF_8), 0)))
        .isInstanceOfSatisfying(
            Decoded.Refused.class,
            refused -> {
              assertThat(refused.letter().reason()).isEqualTo(Reason.UNDECODABLE);
              assertThat(refused.letter().detail())
                  .endsWith("the key has 513 characters, the limit is 512");
            });
    assertThat(
            DECODER.decode(
                record((byte[]) null, "x".repeat(512).getBytes(StandardCharsets.UTF_8), 0)))
        .isInstanceOf(Decoded.Retraction.class);
  }

  @Test
  void messagesShowAHandfulOfLabelsHoweverManyThereAre() {
    List<String> thousand =
        IntStream.range(0, 1000).mapToObj(i -> i + LONG.substring(0, 250)).toList();
    LabelSet labels = new LabelSet(thousand);

    assertThat(labels.summary()).startsWith("1000 labels (0xxx").endsWith("…)");
    assertThat(labels.summary().length()).isLessThan(400);
    assertThat(labels.toString()).isEqualTo(labels.summary());
    assertThat(new LabelSet(List.of("ham", "spam")).summary()).isEqualTo("2 labels (ham, spam)");
    assertThatThrownBy(
            () -> new LabelSet(Stream.concat(thousand.stream(), thousand.stream()).toList()))
        .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(500));
  }

  @Test
  void labelsOfAModelThatIsOlderThanTheRuleAreFoundBySpelling() {
    LabelSet old = new LabelSet(List.of("cafe\u0301", "tea"));

    assertThat(old.names()).containsExactly("cafe\u0301", "tea");
    assertThat(old.indexOf("caf\u00e9")).hasValue(0);
    assertThat(old.indexOf("coffee")).isEmpty();
    assertThat(old.startsWith(List.of("caf\u00e9"))).isTrue();
    // Both spellings, as such a model may have learned them: the one that records have now
    assertThat(new LabelSet(List.of("cafe\u0301", "caf\u00e9")).indexOf("caf\u00e9")).hasValue(1);
  }

  @Test
  void configuredLabelsAreTrimmedNormalisedAndHeldToTheRules() {
    LabelRules rules = new LabelRules(10);

    assertThat(rules.configured(List.of("neg", " pos", "cafe\u0301 ")).names())
        .containsExactly("neg", "pos", "caf\u00e9");
    assertThatThrownBy(() -> rules.configured(List.of("neg", "much too long")))
        .hasMessage("number 2: \"label\" has 13 characters, the limit is 10");
    assertThatThrownBy(() -> rules.configured(List.of("caf\u00e9", "cafe\u0301")))
        .hasMessage("labels repeat: 1 label (caf\u00e9)");
  }

  @Test
  void labelsThatLookAlikeAreToldOnceAPairAndNotForEver() {
    LookAlikes lookAlikes = new LookAlikes();

    assertThat(lookAlikes.known(List.of("spam", "ham", "Spam ", "\uff48\uff41\uff4d"))).hasSize(2);
    assertThat(lookAlikes.known(List.of("spam", "ham", "Spam ", "\uff48\uff41\uff4d"))).isEmpty();
    assertThat(lookAlikes.unknown("SPAM").orElseThrow())
        .startsWith("the labels \"spam\" and \"SPAM\" differ only by case");
    assertThat(lookAlikes.unknown("SPAM")).isEmpty();
    assertThat(lookAlikes.unknown("eggs")).isEmpty();
    for (int i = 1; i < 100; i++) {
      lookAlikes.unknown("spam" + " ".repeat(i));
    }
    assertThat(lookAlikes.unknown("s pam")).isEmpty();
    assertThat(LookAlikes.added(List.of("spam", "SPAM"), List.of("spam", "SPAM", "sPam")))
        .hasSize(1);
  }

  private static byte[] bytes(String head, int first, int second, String tail) {
    return bytes(head, new byte[] {(byte) first, (byte) second}, tail);
  }

  private static byte[] bytes(String head, int first, int second, int third, String tail) {
    return bytes(head, new byte[] {(byte) first, (byte) second, (byte) third}, tail);
  }

  private static byte[] bytes(String head, byte[] middle, String tail) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(head.getBytes(StandardCharsets.UTF_8));
    out.writeBytes(middle);
    out.writeBytes(tail.getBytes(StandardCharsets.UTF_8));
    return out.toByteArray();
  }

  private static InboundRecord record(String json, byte[] key, long millis) {
    return record(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), key, millis);
  }

  private static InboundRecord record(byte[] value, byte[] key, long millis) {
    return new InboundRecord(Examples.at(5), key, value, List.of(), millis);
  }

  private static Decoded decode(String json) {
    return DECODER.decode(Examples.record("examples", 5, json.replace('\'', '"')));
  }

  private static LabelledExample accepted(String json) {
    return ((Decoded.Accepted) decode(json)).example();
  }

  private static DeadLetter refused(String json) {
    return ((Decoded.Refused) decode(json)).letter();
  }
}
