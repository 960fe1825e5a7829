package io.millrace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What must be known in one place only. */
class OneHomeTest {

  private static final Path ROOT = Path.of("src/main/java/io/millrace");

  /** Parts of names that tensors have in files. */
  private static final Pattern TENSOR_NAME =
      Pattern.compile(
          "encoder\\.layer|embeddings\\.|(word|position|token_type)_embeddings\\.|LayerNorm"
              + "|pooler|classifier\\.|\\.(weight|bias)(?![\\w-])|\"classifier\"");

  /** Where architectures live, and what they are written in. */
  private static final Set<String> HOMES = Set.of("model/arch", "model/block");

  /** Files elsewhere that need such a name, and why. */
  private static final Map<String, String> EXCEPTIONS =
      Map.of("torch/file/OnnxNode.java", "an ONNX file names a weight by the path of its operator");

  @Test
  void namesOfTensorsOccurOnlyWhereArchitecturesLive() throws IOException {
    Map<String, List<String>> found = literalsThatNameTensors();
    found.keySet().removeIf(file -> HOMES.stream().anyMatch(home -> file.startsWith(home + "/")));

    assertThat(found.keySet()).as("%s", found).isEqualTo(EXCEPTIONS.keySet());
  }

  @Test
  void theSearchFindsThoseOfBert() throws IOException {
    assertThat(literalsThatNameTensors())
        .containsKeys(
            "model/arch/Bert.java", "model/arch/BertLayer.java", "model/block/Names.java");
  }

  private static Map<String, List<String>> literalsThatNameTensors() throws IOException {
    Map<String, List<String>> found = new TreeMap<>();
    try (Stream<Path> files = Files.walk(ROOT)) {
      for (Path file : files.filter(one -> one.toString().endsWith(".java")).toList()) {
        List<String> lines =
            literals(Files.readString(file))
                .filter(literal -> TENSOR_NAME.matcher(literal).find())
                .collect(Collectors.toList());
        if (!lines.isEmpty()) {
          found.put(ROOT.relativize(file).toString(), lines);
        }
      }
    }
    return found;
  }

  /** Text blocks and strings with their quotes; comments have none. */
  private static Stream<String> literals(String source) {
    String code =
        Pattern.compile("^\\s*(/\\*|\\*|//).*$", Pattern.MULTILINE).matcher(source).replaceAll("");
    return Pattern.compile("\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\\n])*\"", Pattern.DOTALL)
        .matcher(code)
        .results()
        .map(match -> match.group());
  }
}
