package io.millrace.documents;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import io.millrace.documents.SettingsPage.Setting;
import io.millrace.testing.Documents;
import io.millrace.testing.OurClasses;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.ConfigMappings;
import io.smallrye.config.ConfigMappings.ConfigClass;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Pages that are generated from the code are committed as the code has them. */
class GeneratedPagesTest {

  /** Writes them anew. */
  static final String COMMAND = "./mvnw test -Dtest=GeneratedPagesTest -Dmillrace.documents=write";

  @Test
  void theSettingsAreThoseOfTheCode() throws IOException {
    assertIsCommitted("reference/settings.md", SettingsPage.text());
  }

  @Test
  void thePackagesAreThoseOfTheCode() throws IOException {
    assertIsCommitted("reference/packages.md", PackagesPage.text());
  }

  @Test
  void everySettingThatTheServiceReadsIsOnThePageWithItsDefault() throws IOException {
    // Given what SmallRye Config makes of the interfaces
    Map<String, String> read = new TreeMap<>();
    for (Class<?> mapping : mappings()) {
      SmallRyeConfig config =
          new SmallRyeConfigBuilder()
              .withMapping(mapping)
              .withConverter(Duration.class, 100, new DurationConverter())
              .build();
      ConfigMappings.getProperties(ConfigClass.configClass(mapping)).keySet().stream()
          .filter(property -> !property.contains("["))
          .forEach(name -> read.put(name, config.getOptionalValue(name, String.class).orElse("–")));
    }

    // Then
    Map<String, String> documented =
        SettingsPage.settings().stream()
            .collect(
                Collectors.toMap(
                    Setting::name,
                    setting -> setting.standard().orElse("–"),
                    (a, b) -> b,
                    TreeMap::new));
    assertThat(documented).isEqualTo(read);
  }

  @Test
  void everySettingSaysWhatItIsForAndEachNumberItsUnit() throws IOException {
    Map<String, Setting> settings =
        SettingsPage.settings().stream()
            .collect(Collectors.toMap(Setting::name, Function.identity()));

    assertThat(settings.values())
        .allSatisfy(
            setting -> {
              assertThat(setting.meaning()).as(setting.name()).hasSizeGreaterThan(20).endsWith(".");
              assertThat(setting.unit().isPresent() || !isNumber(setting))
                  .as("%s is a number: its Javadoc needs a paragraph 'Unit: …'", setting.name())
                  .isTrue();
            });
  }

  private static boolean isNumber(Setting setting) {
    return setting.type().startsWith("integer") || setting.type().startsWith("number");
  }

  private static void assertIsCommitted(String page, String text) throws IOException {
    Path file = Documents.page(page);
    if ("write".equals(System.getProperty("millrace.documents"))) {
      Files.writeString(file, text);
    }
    assertThat(file).as("%s is stale; %s writes it anew", file, COMMAND).hasContent(text);
  }

  private static List<? extends Class<?>> mappings() {
    return OurClasses.ALL.stream()
        .filter(type -> type.isAnnotatedWith(ConfigMapping.class))
        .map(JavaClass::reflect)
        .toList();
  }
}
