package io.millrace.nativeimage;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.LocalVariableNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TypeInsnNode;
import org.objectweb.asm.tree.VarInsnNode;
import org.objectweb.asm.tree.analysis.Analyzer;
import org.objectweb.asm.tree.analysis.AnalyzerException;
import org.objectweb.asm.tree.analysis.Frame;
import org.objectweb.asm.tree.analysis.SourceInterpreter;
import org.objectweb.asm.tree.analysis.SourceValue;

/** Where the values of a method come from, with the generic types that the compiler left. */
final class ValueSource {

  private static final RecordComponent[] NONE = {};

  private final MethodNode method;
  private final Frame<SourceValue>[] frames;
  private final List<Integer> slots = new ArrayList<>(); // of each parameter

  private ValueSource(MethodNode method, Frame<SourceValue>[] frames) {
    this.method = method;
    this.frames = frames;
    int slot = (method.access & Opcodes.ACC_STATIC) == 0 ? 1 : 0;
    for (org.objectweb.asm.Type type : org.objectweb.asm.Type.getArgumentTypes(method.desc)) {
      slots.add(slot);
      slot += type.getSize();
    }
  }

  static ValueSource of(String owner, MethodNode method) {
    try {
      return new ValueSource(
          method, new Analyzer<>(new SourceInterpreter()).analyze(owner, method));
    } catch (AnalyzerException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What an argument of a call may be. */
  List<Origin> ofArgument(MethodInsnNode call, int argument) {
    int behind = org.objectweb.asm.Type.getArgumentTypes(call.desc).length - argument;
    Frame<SourceValue> frame = frames[method.instructions.indexOf(call)];
    return origins(frame.getStack(frame.getStackSize() - behind), new HashSet<>());
  }

  private List<Origin> origins(SourceValue value, Set<AbstractInsnNode> seen) {
    return value.insns.stream().filter(seen::add).flatMap(at -> origins(at, seen)).toList();
  }

  private Stream<Origin> origins(AbstractInsnNode at, Set<AbstractInsnNode> seen) {
    Frame<SourceValue> before = frames[method.instructions.indexOf(at)];
    if (at instanceof LdcInsnNode constant && constant.cst instanceof org.objectweb.asm.Type type) {
      return Stream.of(new OfType(Bytecode.load(type.getInternalName())));
    } else if (at instanceof TypeInsnNode made && made.getOpcode() != Opcodes.INSTANCEOF) {
      return Stream.of(new OfType(named(Bytecode.load(made.desc))));
    } else if (at instanceof VarInsnNode variable) {
      return ofVariable(variable, before, seen);
    } else if (at instanceof MethodInsnNode call) {
      return tells(returned(call)) ? ofType(returned(call)) : ofComponent(call);
    } else if (at instanceof FieldInsnNode field) {
      return ofType(declared(field));
    } else if (at.getOpcode() == Opcodes.DUP) {
      return origins(before.getStack(before.getStackSize() - 1), seen).stream();
    } else if (at.getOpcode() == Opcodes.AALOAD) { // an element has its array's type
      return origins(before.getStack(before.getStackSize() - 2), seen).stream();
    }
    return at.getOpcode() == Opcodes.ACONST_NULL ? Stream.of() : Stream.of(new Unclear());
  }

  private Stream<Origin> ofVariable(
      VarInsnNode variable, Frame<SourceValue> before, Set<AbstractInsnNode> seen) {
    boolean load = variable.getOpcode() == Opcodes.ALOAD;
    SourceValue value =
        load ? before.getLocal(variable.var) : before.getStack(before.getStackSize() - 1);
    if (load && value.insns.isEmpty()) {
      Optional<Origin> type = written(variable);
      int index = slots.indexOf(variable.var);
      return Stream.of(type.orElse(index < 0 ? new Unclear() : new OfArgument(index)));
    }
    Optional<Origin> type = load ? written(variable) : Optional.empty();
    return type.map(Stream::of).orElseGet(() -> origins(value, seen).stream());
  }

  /** The type that the source gives a variable, as far as the compiler keeps it. */
  private Optional<Origin> written(VarInsnNode variable) {
    int at = method.instructions.indexOf(variable);
    for (LocalVariableNode local : Optional.ofNullable(method.localVariables).orElse(List.of())) {
      if (local.index == variable.var
          && method.instructions.indexOf(local.start) <= at
          && at < method.instructions.indexOf(local.end)) {
        Type type = Signatures.type(local.signature == null ? local.desc : local.signature);
        return tells(type) ? Optional.of(new OfType(type)) : Optional.empty();
      }
    }
    return Optional.empty();
  }

  private static Stream<Origin> ofType(Type type) {
    return Stream.of(tells(type) ? new OfType(type) : new Unclear());
  }

  /** A component of a record is what its constructor was given. */
  private static Stream<Origin> ofComponent(MethodInsnNode call) {
    Class<?> owner = Bytecode.load(call.owner);
    RecordComponent[] components = owner.isRecord() ? owner.getRecordComponents() : NONE;
    for (int i = 0; i < components.length; i++) {
      if (components[i].getName().equals(call.name)) {
        return Stream.of(new OfComponent(owner, i));
      }
    }
    return Stream.of(new Unclear());
  }

  /** Whether a type says what the JSON holds: not a variable, nor Object, nor a bare Class. */
  private static boolean tells(Type type) {
    if (type instanceof Class<?> found) {
      return found != Object.class
          && found != Class.class
          && (!Iterable.class.isAssignableFrom(found) || JsonNode.class.isAssignableFrom(found))
          && !java.util.Map.class.isAssignableFrom(found)
          && found != Optional.class
          && !TypeReference.class.equals(found);
    }
    return type instanceof ParameterizedType generic
        && generic.getRawType() != TypeReference.class
        && generic.getRawType() != Class.class
        && Arrays.stream(generic.getActualTypeArguments()).allMatch(ValueSource::tells);
  }

  /** A subclass of TypeReference stands for what it refers to. */
  private static Type named(Class<?> type) {
    return TypeReference.class.isAssignableFrom(type)
            && type.getGenericSuperclass() instanceof ParameterizedType reference
        ? reference.getActualTypeArguments()[0]
        : type;
  }

  private static Type returned(MethodInsnNode call) {
    if (call.name.equals("<init>")) {
      return Bytecode.load(call.owner);
    }
    Class<?> owner = Bytecode.load(call.owner);
    return Stream.concat(
            Arrays.stream(owner.getDeclaredMethods()), Arrays.stream(owner.getMethods()))
        .filter(found -> found.getName().equals(call.name))
        .filter(found -> org.objectweb.asm.Type.getMethodDescriptor(found).equals(call.desc))
        .<Type>map(java.lang.reflect.Method::getGenericReturnType)
        .findFirst()
        .orElse(Object.class);
  }

  private static Type declared(FieldInsnNode at) {
    for (Field field : Bytecode.load(at.owner).getDeclaredFields()) {
      if (field.getName().equals(at.name)) {
        return field.getGenericType();
      }
    }
    return Object.class;
  }

  /** What a value is. */
  sealed interface Origin {}

  /** One of a known type. */
  record OfType(Type type) implements Origin {}

  /** What the method itself was given, counted from 0. */
  record OfArgument(int index) implements Origin {}

  /** What the constructor of a record was given, counted from 0. */
  record OfComponent(Class<?> owner, int index) implements Origin {}

  /** Nothing that can be told. */
  record Unclear() implements Origin {}
}
