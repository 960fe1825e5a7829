package io.millrace.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What documents say of the repository is there: files, sections, classes, figures' origins. */
class DocumentsTest {

  private static final int LONGEST_README = 250;

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} (.+)$");
  private static final Pattern CODE = Pattern.compile("`([^`\\n]+)`");
  private static final Pattern CLASS =
      Pattern.compile(
          "(?:io\\.millrace\\.[a-z.]+\\.)?([A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+)(?:\\.java)?");
  private static final Pattern FILE =
      Pattern.compile("((?:src|deploy|\\.ci|\\.github)/[\\w./-]*\\w)");
  private static final Pattern ORIGIN =
      Pattern.compile(
          "\\A\\s*\\| measured \\| commit \\| machine \\| measure again \\|\\n\\|[-|]+\\|\\n"
              + "\\| \\d{4}-\\d\\d-\\d\\d \\| `[0-9a-f]{7}` \\| [^|]{5,} \\| [^|]{5,} \\|\\n");

  /** Names of others' classes, requests, plug-ins and kinds. */
  private static final Set<String> OTHERS =
      Set.of(
          "AutoModelForSequenceClassification",
          "ConfigProvider",
          "DescribeConfigs",
          "ListMultipartUploads",
          "ListObjectsV2",
          "ListParts",
          "QuarkusTest",
          "URLConnection");

  @Test
  void theReadmeIsShort() throws IOException {
    assertThat(Files.readAllLines(Path.of("README.md"))).hasSizeLessThanOrEqualTo(LONGEST_README);
  }

  @Test
  void everyRelativeLinkLeadsToAFileAndItsSection() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path document : documents()) {
      for (String link : found(LINK, prose(document))) {
        if (link.matches("[a-z]+:.*")) {
          continue;
        }
        String[] parts = link.split("#", 2);
        Path target = parts[0].isEmpty() ? document : document.resolveSibling(parts[0]).normalize();
        if (!Files.exists(target)) {
          broken.add(document + ": no file " + link);
        } else if (parts.length == 2 && !anchors(target).contains(parts[1])) {
          broken.add(document + ": no section " + link + ", but " + anchors(target));
        }
      }
    }

    assertThat(broken).isEmpty();
  }

  @Test
  void everyPageIsReachedFromTheReadme() throws IOException {
    Set<Path> reached = new HashSet<>();
    List<Path> open = new ArrayList<>(List.of(Path.of("README.md")));
    while (!open.isEmpty()) {
      Path document = open.remove(open.size() - 1);
      if (reached.add(document)) {
        for (String link : found(LINK, prose(document))) {
          Path target = document.resolveSibling(link.split("#", 2)[0]).normalize();
          if (link.contains(".md") && Files.isRegularFile(target)) {
            open.add(target);
          }
        }
      }
    }

    assertThat(reached).containsAll(documents());
  }

  @Test
  void everyClassThatIsNamedExists() throws IOException {
    Set<String> ours;
    try (Stream<Path> sources = Files.walk(Path.of("src"))) {
      ours =
          sources
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith(".java"))
              .map(name -> name.replace(".java", ""))
              .collect(Collectors.toSet());
    }
    List<String> missing = new ArrayList<>();
    for (Path document : documents()) {
      for (String code : found(CODE, prose(document))) {
        var named = CLASS.matcher(code.startsWith("@") ? code.substring(1) : code);
        if (named.matches()
            && !ours.contains(named.group(1))
            && !OTHERS.contains(named.group(1))
            && !named.group(1).startsWith("Millrace")
            && !named.group(1).equals("ConfigMapping")) {
          missing.add(document + ": " + code);
        }
      }
    }

    assertThat(missing).isEmpty();
  }

  @Test
  void everyFileThatIsNamedExists() throws IOException {
    List<String> missing = new ArrayList<>();
    for (Path document : documents()) {
      for (String code : found(CODE, prose(document))) {
        if (FILE.matcher(code).matches() && !Files.exists(Path.of(code))) {
          missing.add(document + ": " + code);
        }
      }
    }

    assertThat(missing).isEmpty();
  }

  @Test
  void everySectionOfTheBenchmarksSaysWhenWhereAndAtWhichCommit() throws IOException {
    String[] sections = Files.readString(Path.of("src/docs/benchmarks.md")).split("(?m)^## ");

    assertThat(sections).hasSizeGreaterThan(5);
    for (int i = 1; i < sections.length; i++) {
      String[] section = sections[i].split("\n", 2);
      assertThat(section[1]).as(section[0]).containsPattern(ORIGIN);
    }
  }

  @Test
  void theGlossaryHasEachWordOnceInOrder() throws IOException {
    List<String> words =
        found(
                Pattern.compile("(?m)^\\| ([^|]+) \\|"),
                Files.readString(Path.of("src/docs/glossary.md")))
            .stream()
            .skip(1)
            .filter(word -> !word.startsWith("-"))
            .map(word -> word.toLowerCase(Locale.ROOT))
            .toList();

    assertThat(words).hasSizeGreaterThan(40).doesNotHaveDuplicates().isSorted();
  }

  private static List<Path> documents() throws IOException {
    List<Path> documents =
        new ArrayList<>(List.of(Path.of("README.md"), Path.of("deploy/RUNBOOK.md")));
    for (String folder : List.of("src/docs", ".github")) {
      try (Stream<Path> files = Files.walk(Path.of(folder))) {
        files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(documents::add);
      }
    }
    return documents;
  }

  /** A document without its blocks of code. */
  private static String prose(Path document) throws IOException {
    return Files.readString(document).replaceAll("(?ms)^```.*?^```$", "");
  }

  private static List<String> found(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(result -> result.group(1)).toList();
  }

  /** As GitHub makes them of headings. */
  private static Set<String> anchors(Path document) throws IOException {
    return found(HEADING, prose(document)).stream()
        .map(heading -> heading.toLowerCase(Locale.ROOT).strip())
        .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .collect(Collectors.toSet());
  }
}
