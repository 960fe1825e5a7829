package io.millrace.documents;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import io.smallrye.config.common.utils.StringUtil;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.util.ElementFilter;

/**
 * The page {@code reference/settings.md}, made of the Javadoc of the interfaces that are mapped to
 * settings. A paragraph {@code Unit: …} of a method's Javadoc is its unit; the rest is meaning and
 * reason.
 */
final class SettingsPage {

  private static final String HEAD =
      """
      # Settings

      <!-- Generated from the Javadoc of the @ConfigMapping interfaces. Change it there, then run:
           %s -->

      Every setting is a property, or an environment variable in capitals with underscores
      (`millrace.training.learning-rate` is `MILLRACE_TRAINING_LEARNING_RATE`). A misspelt name and a value out of bounds end
      the start with a message that has all of them. A duration is a number with a unit (`500ms`, `60s`, `5m`, `1h`); a list
      is separated by commas. A default of – means that the setting is absent.

      Dev mode sets `millrace.security.open=true`. If no bootstrap servers are configured it is the demo, which sets
      `millrace.demo.broker=true`, `millrace.demo.feed=true`, `millrace.topics.create=true`, `millrace.model.name=mail`,
      `millrace.store=.millrace/store`, `millrace.publication.freshness=2m` and `millrace.replay.size=0`; whoever feeds the
      mail stream has `millrace.labels.names=ham,spam` and `millrace.tokenize.max-length=64`, too. What you set wins over all
      of it.

      Connections are Quarkus's own settings: `kafka.*` (bootstrap servers, TLS, SASL), `quarkus.http.*`. Kafka's own settings
      of the input's consumer alone go under `mp.messaging.incoming.input.*`; attributes of a messaging channel are ignored
      there. See [Security](../how-to/security.md) and [Kafka clusters as they are](../how-to/kafka-clusters.md).
      """;

  private SettingsPage() {}

  /** One row of it. */
  record Setting(
      String name, String type, Optional<String> standard, Optional<String> unit, String meaning) {

    private String row() {
      return "| `%s` | %s | %s | %s | %s |"
          .formatted(
              name,
              type,
              standard.map(value -> "`" + value + "`").orElse("–"),
              unit.orElse(""),
              meaning.replace("|", "\\|"));
    }
  }

  /** All settings, by the prefix and then in the order of the code. */
  static List<Setting> settings() throws IOException {
    Sources sources = read();
    return sources.types().stream()
        .flatMap(type -> methods(type).map(method -> setting(sources, type, method)))
        .toList();
  }

  /** The page as it must be. */
  static String text() throws IOException {
    Sources sources = read();
    TreeMap<String, List<Element>> byPrefix = new TreeMap<>();
    for (Element type : sources.types()) {
      byPrefix.computeIfAbsent(prefix(type), prefix -> new ArrayList<>()).add(type);
    }
    StringBuilder page = new StringBuilder(HEAD.formatted(GeneratedPagesTest.COMMAND));
    byPrefix.forEach(
        (prefix, types) -> {
          page.append("\n## `%s.*`\n".formatted(prefix));
          for (Element type : types) {
            DocComments.paragraphs(sources.doc(type).getFullBody(), reference -> reference)
                .forEach(paragraph -> page.append("\n").append(paragraph).append("\n"));
          }
          page.append(
              "\n| setting | type | default | unit | meaning and reason |\n|---|---|---|---|---|\n");
          for (Element type : types) {
            methods(type)
                .map(method -> setting(sources, type, method).row())
                .forEach(row -> page.append(row).append("\n"));
          }
        });
    return page.toString();
  }

  private static Sources read() throws IOException {
    return Sources.of(
        file ->
            file.toString().endsWith("Settings.java")
                && Sources.contains(file, "\n@ConfigMapping("));
  }

  private static Stream<ExecutableElement> methods(Element type) {
    return ElementFilter.methodsIn(type.getEnclosedElements()).stream()
        .filter(method -> method.getModifiers().contains(Modifier.ABSTRACT));
  }

  private static Setting setting(Sources sources, Element type, ExecutableElement method) {
    List<String> meaning = new ArrayList<>();
    Optional<String> unit = Optional.empty();
    for (String paragraph :
        DocComments.paragraphs(
            sources.doc(method).getFullBody(), reference -> named(type, reference))) {
      if (paragraph.startsWith("Unit: ")) {
        unit = Optional.of(paragraph.substring("Unit: ".length()).replaceFirst("\\.$", ""));
      } else {
        meaning.add(paragraph);
      }
    }
    WithDefault standard = method.getAnnotation(WithDefault.class);
    return new Setting(
        name(type, method),
        SettingType.of(method),
        Optional.ofNullable(standard).map(WithDefault::value),
        unit,
        String.join(" ", meaning));
  }

  /** The setting that a link such as {@code #minExamples} leads to. */
  private static String named(Element type, String reference) {
    return ElementFilter.methodsIn(type.getEnclosedElements()).stream()
        .filter(method -> reference.equals("#" + method.getSimpleName()))
        .map(method -> name(type, method))
        .findFirst()
        .orElse(reference);
  }

  private static String name(Element type, ExecutableElement method) {
    WithName given = method.getAnnotation(WithName.class);
    String name = method.getSimpleName().toString();
    return prefix(type) + "." + (given == null ? StringUtil.skewer(name) : given.value());
  }

  private static String prefix(Element type) {
    if (type.getKind() != ElementKind.INTERFACE) {
      throw new IllegalStateException(type + " is no interface");
    }
    return type.getAnnotation(ConfigMapping.class).prefix();
  }
}
