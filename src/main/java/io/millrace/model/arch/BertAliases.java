package io.millrace.model.arch;

import java.util.ArrayList;
import java.util.List;

/** Names that files of BERT have had: {@code BertModel} has no prefix, old LayerNorms no weight. */
final class BertAliases {

  private static final String PREFIX = "bert.";

  private BertAliases() {}

  static List<String> of(String parameter) {
    List<String> names = new ArrayList<>();
    String bare = parameter.startsWith(PREFIX) ? parameter.substring(PREFIX.length()) : parameter;
    for (String name : List.of(parameter, bare)) {
      names.add(name);
      names.add(
          name.replace("LayerNorm.weight", "LayerNorm.gamma")
              .replace("LayerNorm.bias", "LayerNorm.beta"));
    }
    return names.stream().distinct().filter(name -> !name.equals(parameter)).toList();
  }
}
