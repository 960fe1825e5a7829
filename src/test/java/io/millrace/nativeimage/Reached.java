package io.millrace.nativeimage;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Follows types as Jackson does, from those that it is given. */
final class Reached {

  private final Set<String> names = new TreeSet<>();
  private final Deque<Type> open = new ArrayDeque<>();

  private Reached() {}

  /** The names of all of ours that are reached. */
  static Set<String> from(Collection<? extends Type> roots) {
    Reached reached = new Reached();
    reached.open.addAll(roots);
    while (!reached.open.isEmpty()) {
      reached.visit(reached.open.removeFirst());
    }
    return reached.names;
  }

  private void visit(Type type) {
    if (type instanceof ParameterizedType generic) {
      open.add(generic.getRawType());
      open.addAll(List.of(generic.getActualTypeArguments()));
    } else if (type instanceof GenericArrayType array) {
      open.add(array.getGenericComponentType());
    } else if (type instanceof Class<?> found && found.isArray()) {
      open.add(found.getComponentType());
    } else if (type instanceof Class<?> found && found.getName().startsWith("io.millrace.")) {
      visit(found);
    }
  }

  private void visit(Class<?> found) {
    if ((found.isRecord() || found.isEnum() || found.isSealed()) && names.add(found.getName())) {
      if (found.isSealed()) {
        open.addAll(List.of(found.getPermittedSubclasses()));
      }
      if (found.isRecord()) {
        for (RecordComponent component : found.getRecordComponents()) {
          open.add(component.getGenericType());
        }
        for (Method method : found.getDeclaredMethods()) {
          if (method.isAnnotationPresent(JsonProperty.class)) {
            open.add(method.getGenericReturnType());
          }
        }
      }
    }
  }
}
