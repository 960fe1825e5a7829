package io.millrace.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jboss.byteman.agent.Main;

/** Changes a child JVM's code from outside. */
final class Byteman {

  private Byteman() {}

  /**
   * The arguments with which a JVM obeys a rule.
   *
   * @param script where the rule is written to
   */
  static List<String> agent(Path script, String rule) throws IOException {
    Files.writeString(script, rule);
    String jar = Main.class.getProtectionDomain().getCodeSource().getLocation().getPath();
    return List.of("-javaagent:" + jar + "=script:" + script);
  }
}
