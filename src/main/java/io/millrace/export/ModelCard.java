package io.millrace.export;

import io.millrace.version.Provenance;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The README of a version, a Hugging Face model card: what it was trained on, what it scored, how
 * to load it, what it is not for.
 */
final class ModelCard {

  /** The name on the Hugging Face hub of each base that has one. */
  private static final Map<String, String> HUB_NAMES =
      Map.of("embedded:all-minilm-l6-v2", "sentence-transformers/all-MiniLM-L6-v2");

  private ModelCard() {}

  static String render(ArtifactContent content) {
    return String.join(
        "\n",
        frontMatter(content),
        heading(content),
        ScoreTables.of(content),
        lineage(content),
        content.architecture().use().notes(content.maxLength()),
        limits(content));
  }

  private static String frontMatter(ArtifactContent content) {
    String hubName = HUB_NAMES.get(content.provenance().base());
    return """
        ---
        library_name: %s
        pipeline_tag: text-classification
        %stags:
        - millrace
        - text-classification
        ---
        """
        .formatted(
            content.architecture().use().library(),
            hubName == null ? "" : "base_model: " + hubName + "\n");
  }

  private static String heading(ArtifactContent content) {
    return format(
        """
        # %s, version %d

        Fine-tuned by Millrace from `%s`, %s. Written %s.

        Decision: %s
        """,
        content.model(),
        content.version(),
        content.provenance().base(),
        content.parent().map(parent -> "after version " + parent).orElse("the first version"),
        content.createdAt().truncatedTo(ChronoUnit.SECONDS),
        content.decision());
  }

  private static String lineage(ArtifactContent content) {
    Provenance provenance = content.provenance();
    return format(
        """
        ## Trained on

        %d examples in %d steps; by label: %s.%s%s
        %s
        | partition | from offset | to (excluded) |
        |---|---|---|
        %s
        """,
        provenance.examplesTrained(),
        provenance.step(),
        new TreeMap<>(provenance.labelCounts())
            .entrySet().stream()
                .map(count -> cell(count.getKey()) + " " + count.getValue())
                .collect(Collectors.joining(", ")),
        provenance.replayed().map(ModelCard::replayed).orElse(""),
        provenance.newestExampleAt().map(ModelCard::newest).orElse(""),
        decay(provenance.decaySteps()),
        new TreeMap<>(provenance.offsets())
            .entrySet().stream()
                .map(
                    range ->
                        format(
                            "| %s | %d | %d |",
                            range.getKey(), range.getValue().from(), range.getValue().to()))
                .collect(Collectors.joining("\n")));
  }

  private static String newest(Instant sent) {
    return " Its newest example was sent at " + sent.truncatedTo(ChronoUnit.SECONDS) + ".";
  }

  private static String decay(int steps) {
    return steps == 0
        ? ""
        : format(
            """

            Behind them a copy took %d more steps on the batches trained last, at a rate that fell \
            from the last step's towards 0: these are its weights.
            """,
            steps);
  }

  private static String replayed(Provenance.Replayed replayed) {
    return replayed.examples() == 0
        ? " None was trained on again."
        : format(
            " Besides, past examples were trained on again %d times;"
                + " %d of the steps were of nothing else.",
            replayed.examples(), replayed.idleSteps());
  }

  private static String limits(ArtifactContent content) {
    return format(
        """
        ## Limits

        - It answers with one of its %d labels, whatever the text.
        - Texts were cut at %d tokens; what comes after was never seen.
        - The scores hold for texts like the held-out ones.
        - The licence and the limits of the base model apply to this one too.

        `millrace.json` has the full provenance.
        """,
        content.labels().size(), content.maxLength());
  }

  /** A label may hold anything; in a table it must stay in its cell. */
  static String cell(String label) {
    return label.replace("|", "\\|").replaceAll("\\s+", " ");
  }

  private static String format(String text, Object... values) {
    return String.format(Locale.ROOT, text, values);
  }
}
