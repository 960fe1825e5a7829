package io.millrace.kafka;

import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.util.TypeLiteral;
import java.lang.annotation.Annotation;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** A CDI lookup that finds one bean or none, whatever is asked. */
record OnlyInstance<T>(Optional<T> bean) implements Instance<T> {

  static <T> Instance<T> of(T bean) {
    return new OnlyInstance<>(Optional.of(bean));
  }

  static <T> Instance<T> none() {
    return new OnlyInstance<>(Optional.empty());
  }

  @Override
  public Instance<T> select(Annotation... qualifiers) {
    return this;
  }

  @Override
  @SuppressWarnings("unchecked")
  public <U extends T> Instance<U> select(Class<U> subtype, Annotation... qualifiers) {
    return (Instance<U>) this;
  }

  @Override
  @SuppressWarnings("unchecked")
  public <U extends T> Instance<U> select(TypeLiteral<U> subtype, Annotation... qualifiers) {
    return (Instance<U>) this;
  }

  @Override
  public boolean isUnsatisfied() {
    return bean.isEmpty();
  }

  @Override
  public boolean isAmbiguous() {
    return false;
  }

  @Override
  public void destroy(T instance) {}

  @Override
  public Handle<T> getHandle() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Iterable<? extends Handle<T>> handles() {
    return List.of();
  }

  @Override
  public T get() {
    return bean.orElseThrow();
  }

  @Override
  public Iterator<T> iterator() {
    return bean.stream().iterator();
  }
}
