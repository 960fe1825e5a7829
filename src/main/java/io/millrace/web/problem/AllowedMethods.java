package io.millrace.web.problem;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.FeatureContext;
import jakarta.ws.rs.ext.Provider;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which methods a path of the interface answers: a 405 must list them (RFC 9110, section 15.5.6),
 * and Quarkus's does not. It sees every resource method when the interface is put together.
 */
@Provider
public class AllowedMethods implements DynamicFeature {

  private final Map<String, Set<String>> methodsByPath = new ConcurrentHashMap<>();

  @Override
  public void configure(ResourceInfo resource, FeatureContext context) {
    Method method = resource.getResourceMethod();
    Path own = method.getAnnotation(Path.class);
    String path =
        resource.getResourceClass().getAnnotation(Path.class).value()
            + (own == null ? "" : "/" + own.value());
    Set<String> methods =
        methodsByPath.computeIfAbsent(
            path.replaceAll("\\{[^}]+}", "[^/]+"), regex -> new TreeSet<>(Set.of("OPTIONS")));
    for (Annotation annotation : method.getAnnotations()) {
      HttpMethod http = annotation.annotationType().getAnnotation(HttpMethod.class);
      if (http != null) {
        methods.add(http.value());
      }
      if (http != null && http.value().equals(HttpMethod.GET)) {
        methods.add(HttpMethod.HEAD); // answered by every GET
      }
    }
  }

  /** The value of the header {@code Allow}. */
  String on(String path) {
    Set<String> allowed = new TreeSet<>();
    methodsByPath.forEach(
        (regex, methods) -> {
          if (path.matches(regex)) {
            allowed.addAll(methods);
          }
        });
    return String.join(", ", allowed);
  }
}
