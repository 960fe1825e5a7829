package io.millrace.nativeimage;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which of its generated classes Caffeine takes for our caches: asked of Caffeine itself, with a
 * builder that was told what our code tells its own.
 */
final class Caches {

  private static final String PACKAGE = "com.github.benmanes.caffeine.cache.";

  private Caches() {}

  /** The names, for all caches that our code builds. */
  static Set<String> generated(JavaClasses classes) throws ReflectiveOperationException {
    Map<JavaCodeUnit, Set<String>> told = new HashMap<>();
    for (JavaClass type : classes) {
      for (JavaMethodCall call : type.getMethodCallsFromSelf()) {
        if (call.getTargetOwner().isEquivalentTo(Caffeine.class)) {
          told.computeIfAbsent(call.getOrigin(), unused -> new LinkedHashSet<>())
              .add(call.getName());
        }
      }
    }
    Set<String> names = new TreeSet<>();
    for (Set<String> features : told.values()) {
      Caffeine<Object, Object> builder = builder(features);
      names.add(name("LocalCacheFactory", builder));
      names.add(name("NodeFactory", builder, false));
    }
    return names;
  }

  private static Caffeine<Object, Object> builder(Set<String> features)
      throws ReflectiveOperationException {
    Caffeine<Object, Object> builder = Caffeine.newBuilder();
    for (String feature : features) {
      if (!feature.startsWith("build") && !feature.equals("newBuilder")) {
        Method method =
            Arrays.stream(Caffeine.class.getMethods())
                .filter(one -> one.getName().equals(feature))
                .filter(
                    one ->
                        !List.of(one.getParameterTypes())
                            .contains(java.util.concurrent.TimeUnit.class))
                .findFirst()
                .orElseThrow();
        method.invoke(
            builder, Arrays.stream(method.getParameterTypes()).map(Caches::any).toArray());
      }
    }
    return builder;
  }

  private static Object any(Class<?> type) {
    if (type == Duration.class) {
      return Duration.ofSeconds(1);
    }
    return type.isInterface()
        ? Proxy.newProxyInstance(
            Caches.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, given) -> null)
        : 1;
  }

  private static String name(String factory, Object... arguments)
      throws ReflectiveOperationException {
    for (Method method : Class.forName(PACKAGE + factory).getDeclaredMethods()) {
      if (method.getName().equals("getClassName")) {
        method.setAccessible(true);
        String name = (String) method.invoke(null, arguments);
        return name.startsWith(PACKAGE) ? name : PACKAGE + name;
      }
    }
    throw new NoSuchMethodException(factory + ".getClassName");
  }
}
