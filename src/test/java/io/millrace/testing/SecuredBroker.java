package io.millrace.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclBinding;

/**
 * A Kafka broker as careful clusters have it, a process of its own: TLS, passwords, and nothing
 * allowed that no rule allows. The test's own clients come by another door, where all is allowed.
 */
public final class SecuredBroker implements AutoCloseable {

  private static final String STORE_PASSWORD = "only-for-tests";
  private static final String MECHANISM = "SCRAM-SHA-512";
  private static final String LOGIN =
      "org.apache.kafka.common.security.scram.ScramLoginModule required";

  private final BrokerProcess process;
  private final Brokers direct;
  private final int securedPort;
  private final Path certificate;

  /**
   * Starts it.
   *
   * @param users their passwords are {@link #password}
   */
  public SecuredBroker(Path folder, List<String> users) throws IOException, InterruptedException {
    Brokers.quietClients();
    List<Integer> ports = BrokerProcess.freePorts(3);
    securedPort = ports.get(2);
    direct = new Brokers("localhost:" + ports.get(1));
    Path keys = folder.resolve("broker.p12");
    certificate = certificate(keys);
    Path log = Path.of("target", "secured-broker.log");
    Files.deleteIfExists(log);
    process =
        new BrokerProcess(Uuid.randomUuid().toString(), settings(folder, ports, keys), folder, log);
    process.start();
    await("the broker, see " + log)
        .atMost(Duration.ofMinutes(2))
        .ignoreExceptions()
        .until(
            () -> {
              try (Admin admin = Admin.create(direct.client())) {
                return admin.describeCluster().nodes().get().size() == 1;
              }
            });
    admit(users);
  }

  /**
   * Makes a key for {@code localhost} and its certificate.
   *
   * @param keys where the key goes
   * @return where the certificate is, PEM
   */
  public static Path certificate(Path keys) throws IOException, InterruptedException {
    Path certificate = keys.resolveSibling(keys.getFileName() + ".pem");
    keytool(
        ("-genkeypair -alias broker -keyalg RSA -dname CN=localhost -ext SAN=dns:localhost"
                + " -validity 30 -storetype PKCS12 -storepass %s -keystore %s")
            .formatted(STORE_PASSWORD, keys));
    keytool(
        "-exportcert -rfc -alias broker -storepass %s -keystore %s -file %s"
            .formatted(STORE_PASSWORD, keys, certificate));
    return certificate;
  }

  private void admit(List<String> users) throws InterruptedException {
    List<UserScramCredentialAlteration> passwords = new ArrayList<>();
    for (String user : users) {
      passwords.add(
          new UserScramCredentialUpsertion(
              user, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), password(user)));
    }
    try (Admin admin = Admin.create(direct.client())) {
      admin.alterUserScramCredentials(passwords).all().get();
    } catch (ExecutionException e) {
      throw new AssertionError("passwords", e);
    }
    for (String user : users) {
      await(user + " to be known")
          .atMost(Duration.ofMinutes(1))
          .ignoreExceptions()
          .until(
              () -> {
                try (Admin admin = Admin.create(client(user, password(user)))) {
                  return admin.describeCluster().nodes().get().size() == 1;
                }
              });
    }
  }

  private static Properties settings(Path folder, List<Integer> ports, Path keys) {
    Properties settings = new Properties();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", "1");
    settings.put("controller.quorum.voters", "1@localhost:" + ports.get(0));
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put("inter.broker.listener.name", "DIRECT");
    settings.put(
        "listeners",
        "CONTROLLER://localhost:%d,DIRECT://localhost:%d,SECURED://localhost:%d"
            .formatted(ports.get(0), ports.get(1), ports.get(2)));
    settings.put(
        "listener.security.protocol.map", "CONTROLLER:PLAINTEXT,DIRECT:PLAINTEXT,SECURED:SASL_SSL");
    settings.put("listener.name.secured.sasl.enabled.mechanisms", MECHANISM);
    settings.put("listener.name.secured.scram-sha-512.sasl.jaas.config", LOGIN + ";");
    settings.put("listener.name.secured.ssl.keystore.type", "PKCS12");
    settings.put("listener.name.secured.ssl.keystore.location", keys.toString());
    settings.put("listener.name.secured.ssl.keystore.password", STORE_PASSWORD);
    settings.put(
        "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    settings.put("super.users", "User:ANONYMOUS"); // whoever comes by the doors without a password
    settings.put("log.dirs", folder.resolve("data").toString());
    settings.put("auto.create.topics.enable", "false");
    for (String topic : List.of("offsets.topic", "transaction.state.log")) {
      settings.put(topic + ".replication.factor", "1");
      settings.put(topic + ".num.partitions", "1");
    }
    settings.put("transaction.state.log.min.isr", "1");
    settings.put("group.initial.rebalance.delay.ms", "0");
    return settings;
  }

  /** As the test's own clients see it. */
  public Brokers direct() {
    return direct;
  }

  /** {@code kafka.*} settings by which the service comes as a user. */
  public Map<String, String> settings(String user, String password) {
    Map<String, String> settings = new HashMap<>();
    client(user, password)
        .forEach((name, value) -> settings.put("kafka." + name, value.toString()));
    return settings;
  }

  /** Properties by which a client comes as a user. */
  public Map<String, Object> client(String user, String password) {
    return Map.of(
        "bootstrap.servers",
        "localhost:" + securedPort,
        "security.protocol",
        "SASL_SSL",
        "sasl.mechanism",
        MECHANISM,
        "sasl.jaas.config",
        LOGIN + " username=\"%s\" password=\"%s\";".formatted(user, password),
        "ssl.truststore.type",
        "PEM",
        "ssl.truststore.location",
        certificate.toString());
  }

  public static String password(String user) {
    return "password-of-" + user;
  }

  /** Sets rules. */
  public void allow(List<AclBinding> rules) throws InterruptedException, ExecutionException {
    try (Admin admin = Admin.create(direct.client())) {
      admin.createAcls(rules).all().get();
    }
  }

  /** Takes a rule back. */
  public void forbid(AclBinding rule) throws InterruptedException, ExecutionException {
    try (Admin admin = Admin.create(direct.client())) {
      admin.deleteAcls(List.of(rule.toFilter())).all().get();
    }
  }

  private static void keytool(String arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments.split(" ")));
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(keytool.getInputStream().readAllBytes(), UTF_8);
    if (keytool.waitFor() != 0) {
      throw new AssertionError("keytool: " + output);
    }
  }

  @Override
  public void close() {
    process.kill();
  }
}
