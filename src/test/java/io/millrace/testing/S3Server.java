package io.millrace.testing;

import static org.awaitility.Awaitility.await;

import io.restassured.RestAssured;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * An S3 server (s3proxy) as a process of its own, with its objects in memory and one user. It
 * compares signatures, and the bodies' sha256 with what was signed.
 */
public final class S3Server implements AutoCloseable {

  /** Of the user; what the AWS SDK reads from system properties. */
  public static final Map<String, String> CREDENTIALS =
      Map.of("aws.accessKeyId", "millrace", "aws.secretAccessKey", "correct-horse");

  private static final Path JAR = Path.of("target/s3/s3proxy.jar");

  private final Process process;
  private final int port;

  private S3Server(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts one.
   *
   * @param folder of its settings and log
   */
  public static S3Server start(Path folder) throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Path settings = folder.resolve("s3proxy.conf");
    Files.write(
        settings,
        List.of(
            "s3proxy.endpoint=http://127.0.0.1:" + port,
            "s3proxy.authorization=aws-v4",
            "s3proxy.identity=" + CREDENTIALS.get("aws.accessKeyId"),
            "s3proxy.credential=" + CREDENTIALS.get("aws.secretAccessKey"),
            "jclouds.provider=transient-nio2"));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                JAR.toAbsolutePath().toString(),
                "--properties",
                settings.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("s3proxy.log").toFile())
            .start();
    S3Server server = new S3Server(process, port);
    await().atMost(Duration.ofMinutes(1)).ignoreExceptions().until(server::answers);
    return server;
  }

  private boolean answers() {
    return RestAssured.given().get(endpoint()).statusCode() > 0;
  }

  public int port() {
    return port;
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** Makes one by the credentials of the system properties. */
  public void createBucket(String name) {
    try (S3Client client =
        S3Client.builder()
            .endpointOverride(endpoint())
            .region(Region.US_EAST_1)
            .forcePathStyle(true)
            .build()) {
      client.createBucket(request -> request.bucket(name));
    }
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
