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

/** The pages of {@code src/docs}, and their code blocks that a comment before them names. */
public final class Documents {

  /** As in {@code <!-- x -->}, a line above the block. */
  private static final Pattern NAMED =
      Pattern.compile("<!-- (\\S+) -->\\n+```\\w*\\n(.*?)\\n```", Pattern.DOTALL);

  private Documents() {}

  /**
   * A page.
   *
   * @param name as in {@code explanation/gate.md}
   */
  public static Path page(String name) {
    return Path.of("src/docs").resolve(name);
  }

  /** A page's text. */
  public static String text(String name) throws IOException {
    return Files.readString(page(name));
  }

  /** A page's blocks whose names have a prefix, by the rest of the name; in order. */
  public static Map<String, List<String>> blocks(String page, String prefix) throws IOException {
    Map<String, List<String>> blocks = new LinkedHashMap<>();
    Matcher block = NAMED.matcher(text(page));
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
