package io.millrace.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The README's code blocks that a comment in front of them names, as in {@code <!-- x -->}. */
public final class Readme {

  private static final Pattern NAMED =
      Pattern.compile("<!-- (\\S+) -->\\n+```\\w*\\n(.*?)\\n```", Pattern.DOTALL);

  private Readme() {}

  /** All of it. */
  public static String text() throws IOException {
    return Files.readString(Path.of("README.md"));
  }

  /** The blocks whose names have a prefix, by the rest of the name; in order. */
  public static Map<String, List<String>> blocks(String prefix) throws IOException {
    Map<String, List<String>> blocks = new LinkedHashMap<>();
    Matcher block = NAMED.matcher(Files.readString(Path.of("README.md")));
    while (block.find()) {
      if (block.group(1).startsWith(prefix)) {
        blocks
            .computeIfAbsent(block.group(1).substring(prefix.length()), name -> new ArrayList<>())
            .add(block.group(2));
      }
    }
    return blocks;
  }
}
