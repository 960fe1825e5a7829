package io.millrace.nativeimage;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.sse.OutboundSseEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.objectweb.asm.Type;

/**
 * The arguments from which JSON is made, or that say what JSON is read as: those of Jackson and of
 * JAX-RS, and those of our own methods that only pass them on.
 */
final class JsonSinks {

  private static final Set<Class<?>> WRITES =
      Set.of(
          ObjectMapper.class,
          ObjectWriter.class,
          ObjectReader.class,
          Response.class,
          Response.ResponseBuilder.class,
          OutboundSseEvent.Builder.class);
  private static final Set<String> METHODS =
      Set.of("treeToValue", "valueToTree", "convertValue", "ok", "accepted", "entity", "data");
  private static final Set<String> ARGUMENTS =
      Set.of(
          Type.getDescriptor(Object.class),
          Type.getDescriptor(Class.class),
          Type.getDescriptor(TypeReference.class),
          Type.getDescriptor(JavaType.class));

  private final Set<Passed> passed = new HashSet<>();

  /** Which arguments of a call are such ones, counted from 0 without {@code this}. */
  List<Integer> arguments(String owner, String name, String descriptor) {
    List<Integer> found = new ArrayList<>();
    Type[] types = Type.getArgumentTypes(descriptor);
    for (int i = 0; i < types.length; i++) {
      if (isLibrarys(owner, name, types[i]) || isPassedOn(owner, name, descriptor, i)) {
        found.add(i);
      }
    }
    return found;
  }

  /** One more method passes its argument on; whether that is new. */
  boolean add(String owner, String name, String descriptor, int argument) {
    return passed.add(new Passed(owner, name, descriptor, argument));
  }

  /** The same of what makes a record. */
  boolean add(Class<?> made, int component) {
    Type[] types =
        Arrays.stream(made.getRecordComponents())
            .map(found -> Type.getType(found.getType()))
            .toArray(Type[]::new);
    return add(
        Type.getInternalName(made),
        "<init>",
        Type.getMethodDescriptor(Type.VOID_TYPE, types),
        component);
  }

  private static boolean isLibrarys(String owner, String name, Type argument) {
    return (name.startsWith("writeValue")
            || name.startsWith("readValue")
            || name.startsWith("readerFor")
            || name.startsWith("writerFor")
            || METHODS.contains(name))
        && ARGUMENTS.contains(argument.getDescriptor())
        && (owner.startsWith("com/fasterxml/jackson") || owner.startsWith("jakarta/ws/rs"))
        && WRITES.stream().anyMatch(type -> type.isAssignableFrom(Bytecode.load(owner)));
  }

  /** Also where the call names an interface, and the method that passes it on implements it. */
  private boolean isPassedOn(String owner, String name, String descriptor, int argument) {
    return passed.stream()
        .anyMatch(
            to ->
                to.name().equals(name)
                    && to.descriptor().equals(descriptor)
                    && to.argument() == argument
                    && Bytecode.load(owner).isAssignableFrom(Bytecode.load(to.owner())));
  }

  private record Passed(String owner, String name, String descriptor, int argument) {}
}
