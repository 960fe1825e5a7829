package io.millrace;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The README's table of settings has every setting, with the default that the code has. */
class SettingsTableTest {

  private static final Pattern ROW =
      Pattern.compile("^\\| `(millrace\\.[a-z0-9.-]+)` \\| (?:`([^`]*)`|–) \\| (.+) \\|$");

  @Test
  void everySettingIsInTheTableWithItsDefaultAndReason() throws IOException {
    Map<String, String> inCode = new TreeMap<>();
    for (Class<?> mapping : mappings()) {
      SmallRyeConfig config =
          new SmallRyeConfigBuilder()
              .withMapping(mapping)
              .withConverter(Duration.class, 100, new DurationConverter())
              .build();
      for (String name :
          ConfigMappings.getProperties(ConfigClass.configClass(mapping)).keySet().stream()
              .filter(property -> !property.contains("["))
              .toList()) {
        inCode.put(name, config.getOptionalValue(name, String.class).orElse("–"));
      }
    }

    Map<String, String> inReadme = new TreeMap<>();
    for (String line : Files.readAllLines(Path.of("README.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        inReadme.put(row.group(1), row.group(2) == null ? "–" : row.group(2));
        assertThat(row.group(3)).as(row.group(1)).hasSizeGreaterThan(10);
      }
    }

    assertThat(inReadme).isEqualTo(inCode);
  }

  private static List<? extends Class<?>> mappings() {
    return OurClasses.ALL.stream()
        .filter(type -> type.isAnnotatedWith(ConfigMapping.class))
        .map(JavaClass::reflect)
        .toList();
  }
}
