package io.millrace.natives;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the recipes of the images promise, as far as it shows without building one. */
class ImagesTest {

  private static final Path DEPLOY = Path.of("deploy");
  private static final Pattern OURS = Pattern.compile("(?<==)/opt/native[^\\s\"\\\\]*");
  private static final Map<String, List<String>> NATIVE_CODE =
      Map.of(
          "ai.djl.pytorch.pytorch-native-cpu-2.7.1-linux-x86_64.jar",
          List.of(
              "pytorch/cpu/linux-x86_64/libtorch.so",
              "pytorch/cpu/linux-x86_64/libtorch_cpu.so",
              "pytorch/cpu/linux-x86_64/libc10.so",
              "pytorch/cpu/linux-x86_64/libgomp-98b21ff3.so.1"),
          "ai.djl.pytorch.pytorch-jni-2.7.1-0.35.1.jar",
          List.of(
              "jnilib/linux-x86_64/cpu/libdjl_torch.so",
              "jnilib/linux-x86_64/cu128/libdjl_torch.so",
              "jnilib/win-x86_64/cpu/djl_torch.dll"),
          "ai.djl.huggingface.tokenizers-0.35.1.jar",
          List.of(
              "native/lib/linux-x86_64/cpu/libtokenizers.so",
              "native/lib/osx-aarch64/cpu/libtokenizers.dylib"),
          "org.xerial.snappy.snappy-java-1.1.10.8.jar",
          List.of("org/xerial/snappy/native/Linux/x86_64/libsnappyjava.so"),
          "com.github.luben.zstd-jni-1.5.6-10.jar",
          List.of("linux/amd64/libzstd-jni-1.5.6-10.so"),
          "net.java.dev.jna.jna-5.8.0.jar",
          List.of("com/sun/jna/linux-x86-64/libjnidispatch.so"));

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"jvm", "native", "cuda"})
  void everyImageRunsAsAUserOfItsOwnAndTellsHowItIs(String kind) throws IOException {
    List<String> image = image(kind);

    assertThat(image.stream().filter(line -> line.startsWith("USER ")))
        .containsExactly("USER 1001:1001");
    assertThat(image)
        .anyMatch(
            line ->
                line.matches(
                    "HEALTHCHECK .*--start-period=\\d+s .*CMD \\[\"healthcheck\", \"live\"]"))
        .contains("COPY deploy/healthcheck /usr/local/bin/", "VOLUME /data");
    assertThat(one(image, "LABEL "))
        .contains(
            "org.opencontainers.image.title=\"Millrace\"",
            "org.opencontainers.image.description=",
            "org.opencontainers.image.licenses=\"Apache-2.0\"",
            "org.opencontainers.image.version=\"${VERSION}\"",
            "org.opencontainers.image.revision=\"${REVISION}\"",
            "org.opencontainers.image.base.name=\"${BASE}\"");
    assertThat(image).contains("ARG BASE", "ARG VERSION=unknown", "ARG REVISION=unknown");
    assertThat(image).contains("COPY --from=parts /licenses /licenses");
  }

  @ParameterizedTest
  @ValueSource(strings = {"jvm", "native", "cuda"})
  void theProcessGetsSignalsItselfAndLeavesMemoryToLibtorch(String kind) throws IOException {
    List<String> image = image(kind);

    String share =
        kind.equals("native") ? " -XX:MaximumHeapSizePercent=25" : " -XX:MaxRAMPercentage=25";
    assertThat(one(image, "ENTRYPOINT "))
        .startsWith("ENTRYPOINT [\"sh\", \"-c\", \"exec ")
        // what an operator adds wins, and does not take the share away
        .containsSubsequence(
            share, " -XX:+ExitOnOutOfMemoryError", " $NATIVES", " $JAVA_OPTS", "\\\"$@\\\"");
    assertThat(one(image, "ENV ")).contains("MALLOC_ARENA_MAX=1", "DJL_OFFLINE=true");
    assertThat(image).noneMatch(line -> line.startsWith("STOPSIGNAL"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"jvm", "native", "cuda"})
  void basesHaveATagAndLayersAreFew(String kind) throws IOException {
    List<String> lines = lines(kind);

    assertThat(lines.stream().filter(line -> line.matches("ARG (BASE|JDK|JRE)=.*")))
        .isNotEmpty()
        .allMatch(line -> line.matches("ARG \\w+=docker\\.io/[^:]+:(?!latest)\\S+"));
    assertThat(Files.readString(DEPLOY.resolve("Dockerfile." + kind))).contains("digests");
    assertThat(lines)
        .noneMatch(line -> line.contains("apt-get") && !line.contains("rm -rf /var/lib/apt/lists"));
    assertThat(image(kind).stream().filter(line -> line.startsWith("RUN "))).hasSize(1);
  }

  @Test
  void everyLibraryThatAnImageNamesIsUnpacked() throws Exception {
    Path natives = unpack("--strip");

    for (String kind : List.of("jvm", "native", "cuda")) {
      List<String> named =
          OURS.matcher(one(image(kind), "ENV ")).results().map(MatchResult::group).toList();
      assertThat(named).contains("/opt/native", "/opt/native/libtokenizers.so");
      assertThat(named)
          .allSatisfy(
              path ->
                  assertThat(natives.resolve("." + path.substring("/opt/native".length())))
                      .exists());
    }
    try (Stream<Path> torch = Files.list(natives.resolve("torch"))) {
      // DJL loads whatever lies there
      assertThat(torch.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "libtorch.so",
              "libtorch_cpu.so",
              "libc10.so",
              "libgomp-98b21ff3.so.1",
              "libdjl_torch.so");
    }
    assertThat(natives.resolve("torch/libdjl_torch.so"))
        .hasContent("jnilib/linux-x86_64/cpu/libdjl_torch.so");
    assertThat(natives.resolve("libsnappyjava.so")).exists();
    assertThat(natives.resolve("libjnidispatch.so")).exists();
    for (String jar : NATIVE_CODE.keySet()) {
      try (ZipFile zip = new ZipFile(folder.resolve("lib").resolve(jar).toFile())) {
        assertThat(zip.stream().filter(entry -> !entry.isDirectory()).map(ZipEntry::getName))
            .containsExactly("lib.properties");
      }
    }
  }

  @Test
  void theLibraryForCudaComesWithoutLibtorch() throws Exception {
    Path natives = unpack("--flavor", "cu128");

    assertThat(natives.resolve("torch")).isDirectoryContaining("glob:**/libdjl_torch.so");
    assertThat(natives.resolve("torch/libtorch.so")).doesNotExist();
    assertThat(natives.resolve("torch/libdjl_torch.so"))
        .hasContent("jnilib/linux-x86_64/cu128/libdjl_torch.so");
  }

  @Test
  void aMissingLibraryEndsTheBuildOfAnImage() throws Exception {
    writeJars();
    Files.delete(folder.resolve("lib/com.github.luben.zstd-jni-1.5.6-10.jar"));

    assertThat(run(Map.of(), unpacking())).isEqualTo(1);
  }

  @Test
  void theHealthCheckAsksTheServiceItself() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/q/health/",
        exchange -> {
          boolean live = exchange.getRequestURI().getPath().equals("/q/health/live");
          exchange.sendResponseHeaders(live ? 200 : 503, -1);
          exchange.close();
        });
    server.start();
    Map<String, String> port =
        Map.of("QUARKUS_HTTP_PORT", Integer.toString(server.getAddress().getPort()));
    try {
      assertThat(run(port, List.of("deploy/healthcheck"))).isZero();
      assertThat(run(port, List.of("deploy/healthcheck", "live"))).isZero();
      assertThat(run(port, List.of("deploy/healthcheck", "ready"))).isEqualTo(1);
    } finally {
      server.stop(0);
    }
    assertThat(run(port, List.of("deploy/healthcheck"))).isEqualTo(1);
  }

  @Test
  void composeAsksWithWhatIsInTheImage() throws IOException {
    JsonNode compose = new YAMLMapper().readTree(Path.of("docker-compose.yml").toFile());

    assertThat(compose.at("/services/millrace/healthcheck/test"))
        .extracting(JsonNode::asText)
        .containsExactly("CMD", "healthcheck", "ready");
    assertThat(compose.at("/services/millrace/read_only").asBoolean()).isTrue();
  }

  private Path unpack(String... options) throws Exception {
    writeJars();
    assertThat(run(Map.of(), unpacking(options))).isZero();
    return folder.resolve("native");
  }

  private List<String> unpacking(String... options) {
    List<String> command = new ArrayList<>(List.of("deploy/unpack-natives"));
    command.addAll(List.of(options));
    command.add(folder.resolve("lib").toString());
    command.add(folder.resolve("native").toString());
    return command;
  }

  /** Each library of the real jars, its content its name. */
  private void writeJars() throws IOException {
    Files.createDirectories(folder.resolve("lib"));
    for (Map.Entry<String, List<String>> jar : NATIVE_CODE.entrySet()) {
      try (OutputStream file = Files.newOutputStream(folder.resolve("lib").resolve(jar.getKey()));
          ZipOutputStream zip = new ZipOutputStream(file)) {
        List<String> names = new ArrayList<>(jar.getValue());
        names.add("lib.properties");
        for (String name : names) {
          zip.putNextEntry(new ZipEntry(name));
          zip.write(name.getBytes(UTF_8));
        }
      }
    }
  }

  private int run(Map<String, String> environment, List<String> command) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out").toFile());
    builder.environment().putAll(environment);
    builder
        .environment()
        .merge(
            "PATH",
            Path.of(System.getProperty("java.home"), "bin").toString(),
            (path, jdk) -> jdk + ":" + path);
    return builder.start().waitFor();
  }

  private static String one(List<String> lines, String instruction) {
    assertThat(lines).filteredOn(line -> line.startsWith(instruction)).hasSize(1);
    return lines.stream().filter(line -> line.startsWith(instruction)).findFirst().orElseThrow();
  }

  /** The instructions of the last stage, which is the image. */
  private static List<String> image(String kind) throws IOException {
    List<String> lines = lines(kind);
    int from = 0;
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith("FROM ")) {
        from = i;
      }
    }
    return lines.subList(from, lines.size());
  }

  /** One instruction a line, without comments. */
  private static List<String> lines(String kind) throws IOException {
    return Files.readString(DEPLOY.resolve("Dockerfile." + kind))
        .replaceAll("(?m)^#.*\\R", "")
        .replaceAll("\\\\\\R\\s*", "")
        .lines()
        .filter(line -> !line.isBlank())
        .toList();
  }
}
