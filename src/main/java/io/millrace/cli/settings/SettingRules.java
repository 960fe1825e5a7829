package io.millrace.cli.settings;

import io.smallrye.config.ConfigMappingLoader;
import io.smallrye.config.validator.BeanValidationConfigValidator;
import jakarta.validation.Constraint;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Method;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.hibernate.validator.PredefinedScopeHibernateValidator;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;

/**
 * Jakarta's constraints on settings, without an expression language and in English wherever it
 * runs. All that it has to look at is known when it is made: a native executable makes it when it
 * is built. Immutable.
 */
final class SettingRules implements BeanValidationConfigValidator {

  private final Validator validator;

  SettingRules(List<Class<?>> mappings) {
    Set<Class<?>> implementations =
        mappings.stream()
            .map(mapping -> ConfigMappingLoader.ensureLoaded(mapping).implementation())
            .collect(Collectors.toSet());
    Set<String> constraints = new HashSet<>();
    mappings.forEach(mapping -> addConstraints(mapping, constraints));
    validator =
        Validation.byProvider(PredefinedScopeHibernateValidator.class)
            .configure()
            .ignoreXmlConfiguration()
            .builtinConstraints(constraints)
            .initializeBeanMetaData(implementations)
            .messageInterpolator(
                new ParameterMessageInterpolator(Set.of(Locale.ENGLISH), Locale.ENGLISH, true))
            .buildValidatorFactory()
            .getValidator();
  }

  @Override
  public Validator getValidator() {
    return validator;
  }

  private static void addConstraints(Class<?> mapping, Set<String> constraints) {
    for (Method method : mapping.getMethods()) {
      addConstraints(method, constraints);
      addConstraints(method.getAnnotatedReturnType(), constraints);
    }
  }

  private static void addConstraints(AnnotatedType type, Set<String> constraints) {
    addConstraints((AnnotatedElement) type, constraints);
    if (type instanceof AnnotatedParameterizedType generic) {
      for (AnnotatedType argument : generic.getAnnotatedActualTypeArguments()) {
        addConstraints(argument, constraints);
      }
    }
  }

  private static void addConstraints(AnnotatedElement element, Set<String> constraints) {
    for (Annotation annotation : element.getAnnotations()) {
      if (annotation.annotationType().isAnnotationPresent(Constraint.class)) {
        constraints.add(annotation.annotationType().getName());
      }
    }
  }
}
