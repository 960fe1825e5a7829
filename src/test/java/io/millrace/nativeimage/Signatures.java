package io.millrace.nativeimage;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.signature.SignatureReader;
import org.objectweb.asm.signature.SignatureVisitor;

/** Reads the types that the compiler wrote for local variables (JVMS, section 4.7.9.1). */
final class Signatures {

  private Signatures() {}

  /** A variable of the method, as {@code T}, and what else has no class is {@code Object}. */
  static Type type(String signature) {
    Reader reader = new Reader();
    new SignatureReader(signature).acceptType(reader);
    return reader.type();
  }

  private static final class Reader extends SignatureVisitor {

    private Class<?> raw = Object.class;
    private String name = "";
    private final List<Reader> arguments = new ArrayList<>();

    Reader() {
      super(Opcodes.ASM9);
    }

    Type type() {
      if (arguments.isEmpty()) {
        return raw;
      }
      Type[] types = arguments.stream().map(Reader::type).toArray(Type[]::new);
      return new Generic(raw, List.of(types));
    }

    @Override
    public void visitClassType(String internalName) {
      name = internalName;
      raw = Bytecode.load(name);
    }

    @Override
    public void visitInnerClassType(String inner) {
      visitClassType(name + "$" + inner);
    }

    @Override
    public void visitTypeArgument() {
      arguments.add(new Reader()); // a wildcard
    }

    @Override
    public SignatureVisitor visitTypeArgument(char wildcard) {
      Reader argument = new Reader();
      arguments.add(argument);
      return argument;
    }

    @Override
    public SignatureVisitor visitArrayType() {
      return this; // an array holds what its elements are
    }
  }

  private record Generic(Class<?> raw, List<Type> arguments) implements ParameterizedType {

    @Override
    public Type[] getActualTypeArguments() {
      return arguments.toArray(Type[]::new);
    }

    @Override
    public Type getRawType() {
      return raw;
    }

    @Override
    public Type getOwnerType() {
      return null;
    }

    @Override
    public String getTypeName() {
      return raw.getTypeName() + arguments.stream().map(Type::getTypeName).toList();
    }
  }
}
