package io.millrace.documents;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.AnnotationValue;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeMirror;

/** A setting's type in words, with its bounds. */
final class SettingType {

  private static final Map<String, String> WORDS =
      Map.ofEntries(
          Map.entry("int", "integer"),
          Map.entry("long", "integer"),
          Map.entry("java.lang.Long", "integer"),
          Map.entry("java.util.OptionalLong", "integer"),
          Map.entry("double", "number"),
          Map.entry("java.util.OptionalDouble", "number"),
          Map.entry("boolean", "boolean"),
          Map.entry("java.lang.String", "text"),
          Map.entry("java.nio.file.Path", "path"),
          Map.entry("java.net.URI", "address"),
          Map.entry("java.time.Instant", "time"),
          Map.entry("java.time.Duration", "duration"));

  private SettingType() {}

  static String of(ExecutableElement method) {
    Stream<String> bounds =
        Stream.concat(
                method.getAnnotationMirrors().stream(),
                method.getReturnType() instanceof DeclaredType declared
                    ? arguments(declared)
                    : Stream.empty())
            .map(SettingType::bound)
            .filter(bound -> !bound.isEmpty())
            .distinct();
    return Stream.concat(Stream.of(words(method.getReturnType())), bounds)
        .collect(Collectors.joining(", "));
  }

  /** The annotations of type arguments, at whatever depth. */
  private static Stream<? extends AnnotationMirror> arguments(DeclaredType type) {
    return type.getTypeArguments().stream()
        .flatMap(
            argument ->
                Stream.concat(
                    argument.getAnnotationMirrors().stream(),
                    argument instanceof DeclaredType nested ? arguments(nested) : Stream.empty()));
  }

  private static String words(TypeMirror type) {
    if (type instanceof DeclaredType declared && !declared.getTypeArguments().isEmpty()) {
      String inner = words(declared.getTypeArguments().get(0));
      return declared.asElement().getSimpleName().contentEquals("List")
          ? "list of " + inner
          : inner;
    }
    String name =
        type instanceof DeclaredType declared
            ? ((TypeElement) declared.asElement()).getQualifiedName().toString()
            : type.getKind().name().toLowerCase(Locale.ROOT);
    if (WORDS.containsKey(name)) {
      return WORDS.get(name);
    }
    Element element = ((DeclaredType) type).asElement();
    List<String> constants =
        element.getEnclosedElements().stream()
            .filter(member -> member.getKind() == ElementKind.ENUM_CONSTANT)
            .map(constant -> constant.getSimpleName().toString())
            .map(constant -> "`" + constant.toLowerCase(Locale.ROOT).replace('_', '-') + "`")
            .toList();
    if (constants.isEmpty()) {
      throw new IllegalStateException("no words for the type " + name);
    }
    return String.join(" or ", constants);
  }

  private static String bound(AnnotationMirror mirror) {
    String value = value(mirror, "value").orElse("");
    boolean inclusive = !value(mirror, "inclusive").equals(Optional.of("false"));
    return switch (mirror.getAnnotationType().asElement().getSimpleName().toString()) {
      case "Min", "DecimalMin" -> (inclusive ? "≥ " : "> ") + value;
      case "Max", "DecimalMax" -> (inclusive ? "≤ " : "< ") + value;
      case "Positive" -> "> 0";
      case "PositiveOrZero" -> "≥ 0";
      case "DurationMin", "DurationMax", "Pattern" ->
          value(mirror, "message").orElse("").replaceFirst("^must be ", "");
      default -> "";
    };
  }

  private static Optional<String> value(AnnotationMirror mirror, String name) {
    return mirror.getElementValues().entrySet().stream()
        .filter(entry -> entry.getKey().getSimpleName().contentEquals(name))
        .map(Map.Entry::getValue)
        .map(AnnotationValue::getValue)
        .map(Object::toString)
        .findFirst();
  }
}
