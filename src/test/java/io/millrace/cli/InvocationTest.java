package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InvocationTest {

  private static final Path HERE = Path.of("/srv/millrace");

  @Test
  void aJarIsNamedAsItWasGivenToJava() {
    assertThat(Invocation.ofJar(Optional.of("target/quarkus-app/quarkus-run.jar rebuild --help")))
        .isEqualTo("java -jar target/quarkus-app/quarkus-run.jar");
    assertThat(Invocation.ofJar(Optional.of("/app/quarkus-run.jar")))
        .isEqualTo("java -jar /app/quarkus-run.jar");
  }

  @Test
  void whatIsNoJarIsNamedAsUsual() {
    assertThat(Invocation.ofJar(Optional.of("io.millrace.cli.Millrace serve")))
        .isEqualTo("java -jar quarkus-run.jar");
    assertThat(Invocation.ofJar(Optional.empty())).isEqualTo("java -jar quarkus-run.jar");
  }

  @Test
  void anExecutableIsNamedByItsPathFromHere() {
    assertThat(Invocation.ofExecutable(Optional.of("/srv/millrace/target/millrace-runner"), HERE))
        .isEqualTo("./target/millrace-runner");
    assertThat(Invocation.ofExecutable(Optional.of("/app/millrace"), HERE))
        .isEqualTo("/app/millrace");
    assertThat(Invocation.ofExecutable(Optional.empty(), HERE)).isEqualTo("millrace");
  }
}
