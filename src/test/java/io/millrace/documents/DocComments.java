package io.millrace.documents;

import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.EntityTree;
import com.sun.source.doctree.LinkTree;
import com.sun.source.doctree.LiteralTree;
import com.sun.source.doctree.StartElementTree;
import com.sun.source.doctree.TextTree;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** A Javadoc comment as paragraphs of Markdown, from the compiler's own tree of it. */
final class DocComments {

  private DocComments() {}

  /**
   * The paragraphs of a comment's body, each on one line.
   *
   * @param link what to write for the reference of a link
   */
  static List<String> paragraphs(List<? extends DocTree> body, UnaryOperator<String> link) {
    List<String> paragraphs = new ArrayList<>();
    StringBuilder current = new StringBuilder();
    for (DocTree part : body) {
      if (part instanceof StartElementTree start && start.getName().contentEquals("p")) {
        paragraphs.add(oneLine(current));
        current.setLength(0);
      } else {
        current.append(markdown(part, link));
      }
    }
    paragraphs.add(oneLine(current));
    paragraphs.removeIf(String::isEmpty);
    return paragraphs;
  }

  private static String markdown(DocTree part, UnaryOperator<String> link) {
    if (part instanceof TextTree text) {
      return text.getBody();
    }
    if (part instanceof LiteralTree literal) {
      return part.getKind() == DocTree.Kind.CODE
          ? "`" + oneLine(literal.getBody().getBody()) + "`"
          : literal.getBody().getBody();
    }
    if (part instanceof LinkTree reference) {
      return "`" + link.apply(reference.getReference().getSignature()) + "`";
    }
    if (part instanceof EntityTree entity) {
      return "&" + entity.getName() + ";";
    }
    throw new IllegalStateException("no Markdown is known for " + part.getKind() + ": " + part);
  }

  private static String oneLine(CharSequence text) {
    return text.toString().strip().replaceAll("\\s+", " ");
  }
}
