package io.millrace.cli.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.web.security.SecuritySettings;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

  @Test
  void aWrongValueIsShownButNeverASecret() {
    // When
    String told =
        problems(
            Map.of(
                "millrace.security.admin-key", "SuperSecretSuperSecret",
                "millrace.securty.download-kays", "HushHushHushHushHush",
                "millrace.security.admin-keys", "long-enough-to-be-one, too-short",
                "millrace.artifacts.s3.endpoint", "http://root:pass word@minio:9000",
                "millrace.batch.max-tokens", "many",
                "millrace.trianing.seed", "3"));

    // Then
    assertThat(told)
        .doesNotContain("SuperSecret", "HushHush", "too-short", "long-enough", "pass word", "root:")
        .contains(
            "6 settings are wrong:",
            "millrace.security.admin-key: there is no such setting",
            "millrace.securty.download-kays: there is no such setting",
            "millrace.security.admin-keys = (not shown): must be keys of at least 16 characters",
            "millrace.artifacts.s3.endpoint = http://minio:9000: ",
            "millrace.batch.max-tokens = many: ",
            "millrace.trianing.seed: there is no such setting");
  }

  @Test
  void keysOfSixteenCharactersAreTakenWithSpaceAroundThem() throws IOException {
    Map<String, String> given =
        Map.of("millrace.security.admin-keys", " 0123456789abcdef , fedcba9876543210");

    assertThat(Settings.read(given, Map.of()).mapping(SecuritySettings.class).adminKeys())
        .hasValueSatisfying(
            keys ->
                assertThat(keys)
                    .extracting(String::strip)
                    .isEqualTo(List.of("0123456789abcdef", "fedcba9876543210")));
  }

  @Test
  void rulesBetweenSettingsAreToldBesideThoseOfOne() {
    // When
    String told =
        problems(
            Map.of(
                "millrace.training.lr-scheduler-type", "linear",
                "millrace.training.learning-rate", "-1",
                "millrace.labels.names", "one",
                "millrace.topics.heldout", "millrace.examples",
                "millrace.topics.metrics", "so/not"));

    // Then
    assertThat(told)
        .contains(
            "5 settings are wrong:",
            "millrace.training.lr-scheduler-type is linear, which needs millrace.training.max-steps",
            "millrace.training.learning-rate = -1: must be greater than 0",
            "millrace.labels.names = one: a classifier needs at least two labels",
            "millrace.topics.heldout = millrace.examples: must differ from millrace.topics.examples",
            "millrace.topics.metrics = so/not: must be 1 to 249 letters, digits, '.', '_', '-'");
  }

  @Test
  void whatIsWrongByItselfIsNotToldAgainForWhatItLacksToOthers() {
    // When the steps are none, which the schedule would need
    String told =
        problems(
            Map.of(
                "millrace.training.lr-scheduler-type", "linear",
                "millrace.training.max-steps", "all"));

    // Then
    assertThat(told)
        .contains("a setting is wrong:", "millrace.training.max-steps = all: ")
        .doesNotContain("which needs");
  }

  @Test
  void aWrongElementOfAListIsToldBesideTheOthers() {
    // When
    String told =
        problems(Map.of("millrace.drift.on-loss[0]", "PANIC", "millrace.batch.max-examples", "0"));

    // Then
    assertThat(told)
        .contains(
            "2 settings are wrong:",
            "millrace.batch.max-examples = 0: must be greater than or equal to 1",
            "millrace.drift.on-loss[0] = PANIC: ");
  }

  @Test
  void misspeltNamesInTheEnvironmentAreFound() {
    // When
    String told =
        problems(
            Map.of(),
            Map.of(
                "MILLRACE_SECURITY_OPNE", "true",
                "MILLRACE_BATCH_MAXEXAMPLES", "16",
                "MILLRACE_BATCH_MAX_EXAMPLES", "16",
                "MILLRACE_LABELS_NAMES_0_", "ham",
                "MILLRACE_BROWSER", "required",
                "PATH", "/bin"));

    // Then
    assertThat(told)
        .contains(
            "2 settings are wrong:",
            "MILLRACE_SECURITY_OPNE: there is no such setting",
            "MILLRACE_BATCH_MAXEXAMPLES: there is no such setting");
  }

  @Test
  void whatKubernetesPutsThereForAServiceOfTheSameNameIsNoMistake() {
    // When a mistake stands beside them
    String told =
        problems(
            Map.of(),
            Map.of(
                "MILLRACE_SERVICE_HOST", "10.0.0.1",
                "MILLRACE_SERVICE_PORT_HTTP", "8080",
                "MILLRACE_PORT", "tcp://10.0.0.1:8080",
                "MILLRACE_SERVE_PORT_8080_TCP_ADDR", "10.0.0.1",
                "MILLRACE_SERVING_PINN", "3"));

    // Then it is the only one
    assertThat(told)
        .isEqualTo("a setting is wrong:\n  MILLRACE_SERVING_PINN: there is no such setting");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ture", "2", "enabled"})
  void whatIsNeitherYesNorNoIsNotTakenForNo(String value) {
    assertThat(problems(Map.of("millrace.web.show-text", value)))
        .contains("millrace.web.show-text = " + value + ": must be true or false");
  }

  @ParameterizedTest
  @CsvSource({
    "millrace.web.status-every, 0s, must be longer than 0",
    "millrace.web.status-every, 16s, must be at most 15s",
    "millrace.web.example-search, -5s, must be longer than 0",
    "millrace.batch.chunk-max-wait, 0s, must be longer than 0",
    "millrace.checkpoint.every, -5s, must not be negative",
    "millrace.evaluation.every, -1ms, must not be negative",
    "millrace.publication.freshness, -1h, must not be negative",
    "millrace.publication.superseded-grace, -1h, must not be negative",
    "millrace.publication.upload-timeout, 0s, must be longer than 0",
    "millrace.publication.max-version-age, 0s, must be longer than 0",
    "millrace.artifacts.s3.timeout, 0s, must be longer than 0",
    "millrace.serving.pin, 0, must be greater than 0",
    "millrace.training.max-steps, -3, must be greater than 0"
  })
  void whatMakesNoSenseIsRefused(String setting, String value, String rule) {
    assertThat(problems(Map.of(setting, value)))
        .isEqualTo("a setting is wrong:\n  %s = %s: %s".formatted(setting, value, rule));
  }

  @Test
  void anEmptyValueIsToldAsWhatItIs() {
    assertThat(
            problems(
                Map.of(
                    "millrace.model.base", "",
                    "millrace.batch.max-examples", "",
                    "millrace.web.show-text", "",
                    "millrace.publication.golden-file", "")))
        .isEqualTo(
            """
            3 settings are wrong:
              millrace.batch.max-examples = : must not be empty
              millrace.model.base = : must not be empty
              millrace.web.show-text = : must not be empty""");
  }

  @ParameterizedTest
  @ValueSource(strings = {"balancd", "ham=heavy", "=2", "ham=1,,spam=2", "ham=0"})
  void theFormOfClassWeightsIsCheckedBeforeTheLabelsAreLearned(String weights) {
    assertThat(problems(Map.of("millrace.training.class-weights", weights)))
        .startsWith("a setting is wrong:\n  millrace.training.class-weights has \"");
  }

  private static String problems(Map<String, String> given) {
    return problems(given, Map.of());
  }

  private static String problems(Map<String, String> given, Map<String, String> environment) {
    return catchThrowableOfType(
            WrongSettingsException.class, () -> Settings.read(given, environment))
        .getMessage();
  }
}
