package io.millrace.publication;

import io.millrace.evaluation.ClassScore;
import io.millrace.evaluation.Evaluation;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The README of a version, a Hugging Face model card. */
final class ModelCard {

  private ModelCard() {}

  static String render(ArtifactContent content) {
    Evaluation evaluation = content.evaluation();
    StringBuilder card = new StringBuilder();
    card.append("---\nlibrary_name: transformers\npipeline_tag: text-classification\ntags:\n")
        .append("- millrace\n- text-classification\n---\n\n");
    line(card, "# %s, version %d", content.model(), content.version());
    line(
        card,
        "Fine-tuned by Millrace from `%s` at %s. %s",
        content.provenance().base(),
        content.createdAt(),
        sentence(content.decision()));
    line(card, "## Scores on held-out examples");
    line(
        card,
        "%d examples that were never trained on%s: accuracy %.4f (a constant answer gets %.4f), "
            + "loss %.4f (class frequencies alone: %.4f), macro-F1 %.4f.",
        evaluation.examples(),
        evaluation.oldest().isPresent()
            ? ", from " + evaluation.oldest().get() + " to " + evaluation.newest().get()
            : "",
        evaluation.accuracy(),
        evaluation.constantAccuracy(),
        evaluation.loss(),
        evaluation.priorLoss(),
        evaluation.macroF1());
    card.append("| label | examples | precision | recall | F1 |\n|---|---|---|---|---|\n");
    for (ClassScore score : evaluation.classes()) {
      card.append(
          String.format(
              Locale.ROOT,
              "| %s | %d | %.4f | %.4f | %.4f |%n",
              score.label().replace("|", "\\|"),
              score.support(),
              score.precision(),
              score.recall(),
              score.f1()));
    }
    card.append('\n');
    line(card, "## Trained on");
    line(
        card,
        "%d examples in %d steps, by label: %s.",
        content.provenance().examplesTrained(),
        content.provenance().step(),
        new TreeMap<>(content.provenance().labelCounts()));
    card.append("| partition | from offset | to (excluded) |\n|---|---|---|\n");
    for (Map.Entry<String, Provenance.OffsetRange> range :
        new TreeMap<>(content.provenance().offsets()).entrySet()) {
      card.append(
          String.format(
              Locale.ROOT,
              "| %s | %d | %d |%n",
              range.getKey(),
              range.getValue().from(),
              range.getValue().to()));
    }
    card.append('\n');
    line(card, "## Use");
    line(
        card,
        "```python%nfrom transformers import pipeline%nclassify = pipeline(\"text-classification\", "
            + "model=\"path/to/this/folder\", truncation=True, max_length=%d)%n```",
        content.maxLength());
    line(
        card,
        "Texts were cut at %d tokens. The scores hold for texts like the held-out ones; the base "
            + "model's licence and limits apply. `millrace.json` has the full provenance.",
        content.maxLength());
    return card.toString();
  }

  private static String sentence(String decision) {
    return Character.toUpperCase(decision.charAt(0)) + decision.substring(1) + ".";
  }

  private static void line(StringBuilder card, String format, Object... values) {
    card.append(String.format(Locale.ROOT, format, values)).append("\n\n");
  }
}
