package io.millrace.nativeimage;

import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.objectweb.asm.Handle;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * What our code writes as JSON and reads from it, found in its bytecode: at each call of Jackson
 * and of JAX-RS, the type of the argument, and where a method of ours passes its own argument on,
 * at each call of that method.
 */
final class JsonTypes {

  private static final RecordComponent[] NONE = {};

  private final List<ClassNode> classes = Bytecode.classes();
  private final JsonSinks sinks = new JsonSinks();
  private final Map<MethodNode, ValueSource> sources = new LinkedHashMap<>();
  private final Map<String, Type> roots = new LinkedHashMap<>();
  private final Set<String> unclear = new TreeSet<>();
  private boolean grew;

  JsonTypes() {
    do {
      grew = false;
      classes.forEach(this::visit);
      reached().forEach(name -> grew |= addOpen(Bytecode.load(name)));
    } while (grew);
  }

  /**
   * All of ours that Jackson looks at on the way: records and what they hold, those that a sealed
   * type permits, and enums.
   */
  Set<String> reached() {
    return Reached.from(roots.values());
  }

  /** Places from which it cannot be told what is written or read. */
  Set<String> unclear() {
    return unclear;
  }

  private void visit(ClassNode type) {
    for (MethodNode method : type.methods) {
      for (AbstractInsnNode instruction : method.instructions) {
        if (instruction instanceof MethodInsnNode call && !call.owner.startsWith("[")) {
          for (int argument : sinks.arguments(call.owner, call.name, call.desc)) {
            visit(type, method, call, argument);
          }
        } else if (instruction instanceof InvokeDynamicInsnNode lambda) {
          visit(type, method, lambda);
        }
      }
    }
  }

  private void visit(ClassNode type, MethodNode method, MethodInsnNode call, int argument) {
    ValueSource source =
        sources.computeIfAbsent(method, unused -> ValueSource.of(type.name, method));
    for (ValueSource.Origin origin : source.ofArgument(call, argument)) {
      if (origin instanceof ValueSource.OfType known) {
        roots.put(known.type().getTypeName(), known.type());
      } else if (origin instanceof ValueSource.OfArgument own && !isLambda(method)) {
        grew |= sinks.add(type.name, method.name, method.desc, own.index());
      } else if (origin instanceof ValueSource.OfComponent component) {
        grew |= sinks.add(component.owner(), component.index());
      } else {
        unclear.add(place(type, method, call.name));
      }
    }
  }

  /** Where a record holds anything, that is what its constructor is given. */
  private boolean addOpen(Class<?> type) {
    boolean added = false;
    RecordComponent[] components = type.isRecord() ? type.getRecordComponents() : NONE;
    for (int i = 0; i < components.length; i++) {
      if (components[i].getType() == Object.class) {
        added |= sinks.add(type, i);
      }
    }
    return added;
  }

  /** A reference to such a method says nothing of what it is given. */
  private void visit(ClassNode type, MethodNode method, InvokeDynamicInsnNode lambda) {
    for (Object argument : lambda.bsmArgs) {
      if (argument instanceof Handle handle
          && !handle.getName().startsWith("lambda$")
          && handle.getDesc().startsWith("(")
          && !sinks.arguments(handle.getOwner(), handle.getName(), handle.getDesc()).isEmpty()) {
        unclear.add(place(type, method, handle.getName()));
      }
    }
  }

  private static boolean isLambda(MethodNode method) {
    return method.name.startsWith("lambda$");
  }

  private static String place(ClassNode type, MethodNode method, String call) {
    return "%s.%s calls %s".formatted(type.name.replace('/', '.'), method.name, call);
  }
}
