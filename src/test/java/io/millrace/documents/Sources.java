package io.millrace.documents;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.lang.model.element.Element;
import javax.lang.model.util.Elements;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Some of our sources as the compiler reads them: elements, and the Javadoc of each. */
final class Sources {

  /** Where ours are. */
  static final Path ROOT = Path.of("src/main/java");

  private final List<CompilationUnitTree> units = new ArrayList<>();
  private final DocTrees docs;
  private final Elements elements;

  private Sources(JavacTask task) throws IOException {
    task.parse().forEach(units::add);
    task.analyze();
    this.docs = DocTrees.instance(task);
    this.elements = task.getElements();
  }

  /** Those whose files are chosen; what they refer to comes from the class path. */
  static Sources of(Predicate<Path> chosen) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
    List<Path> sources;
    try (Stream<Path> all = Files.walk(ROOT)) {
      sources = all.filter(Files::isRegularFile).filter(chosen).sorted().toList();
    }
    return new Sources(
        (JavacTask)
            compiler.getTask(
                null,
                files,
                null,
                List.of(
                    "-proc:none",
                    "-implicit:none",
                    "-nowarn",
                    "-cp",
                    System.getProperty("java.class.path")),
                null,
                files.getJavaFileObjectsFromPaths(sources)));
  }

  static boolean contains(Path file, String text) {
    try {
      return Files.readString(file).contains(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The first type of each file. */
  List<Element> types() {
    return units.stream()
        .map(unit -> docs.getElement(TreePath.getPath(unit, unit.getTypeDecls().get(0))))
        .toList();
  }

  /** The Javadoc of a type or one of its members. */
  DocCommentTree doc(Element element) {
    DocCommentTree doc = docs.getDocCommentTree(element);
    if (doc == null) {
      throw new IllegalStateException(
          element.getEnclosingElement() + "." + element + ": no Javadoc");
    }
    return doc;
  }

  /**
   * The Javadoc of each {@code package-info.java}, by the package's name, in the order of files.
   */
  List<PackageDoc> packages() {
    return units.stream()
        .map(
            unit ->
                new PackageDoc(
                    unit.getPackageName().toString(),
                    docs.getDocCommentTree(TreePath.getPath(unit, unit.getPackage()))))
        .toList();
  }

  Elements elements() {
    return elements;
  }

  /** A package's name and its Javadoc. */
  record PackageDoc(String name, DocCommentTree doc) {}
}
