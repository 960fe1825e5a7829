package io.millrace.kafka;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.auth.SslEngineFactory;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.jboss.logging.Logger;

/**
 * TLS as Kafka's clients have it, but for certificates and keys that are renewed on disk: clients
 * read them once, when they start; here each new connection looks whether the files changed.
 * Connections that are open stay as they are. Files that cannot be read (half of them written, say)
 * are logged, and the certificates read earlier stay in use until the files change again.
 * Thread-safe.
 */
@RegisterForReflection // Kafka makes it by its name
public final class RenewedCertificates implements SslEngineFactory {

  private static final Logger LOG = Logger.getLogger(RenewedCertificates.class);
  private static final List<String> FILES =
      List.of(SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG, SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG);

  private Map<String, ?> settings = Map.of();
  private List<String> lastSeen = List.of();
  private SslEngineFactory current = new DefaultSslEngineFactory();

  @Override
  public synchronized void configure(Map<String, ?> configs) {
    settings = Map.copyOf(withoutNulls(configs));
    lastSeen = seen();
    current = read();
  }

  @Override
  public SSLEngine createClientSslEngine(String host, int port, String identification) {
    return current().createClientSslEngine(host, port, identification);
  }

  @Override
  public SSLEngine createServerSslEngine(String host, int port) {
    return current().createServerSslEngine(host, port);
  }

  @Override
  public boolean shouldBeRebuilt(Map<String, Object> next) {
    return current().shouldBeRebuilt(next);
  }

  @Override
  public Set<String> reconfigurableConfigs() {
    return current().reconfigurableConfigs();
  }

  @Override
  public KeyStore keystore() {
    return current().keystore();
  }

  @Override
  public KeyStore truststore() {
    return current().truststore();
  }

  @Override
  public synchronized void close() throws IOException {
    current.close();
  }

  private synchronized SslEngineFactory current() {
    List<String> now = seen();
    if (!now.equals(lastSeen)) {
      lastSeen = now;
      try {
        current = read();
        LOG.infof("certificates for Kafka were renewed, new connections use %s", now);
      } catch (RuntimeException e) {
        LOG.warnf(
            "certificates for Kafka changed but cannot be read, those from before stay in use: %s (%s)",
            e.getMessage(), now);
      }
    }
    return current;
  }

  private SslEngineFactory read() {
    DefaultSslEngineFactory factory = new DefaultSslEngineFactory();
    factory.configure(settings);
    return factory;
  }

  /** Each file with what changes when it is replaced, also behind a symbolic link. */
  private List<String> seen() {
    List<String> seen = new ArrayList<>();
    for (String setting : FILES) {
      if (settings.get(setting) instanceof String name) {
        try {
          BasicFileAttributes file = Files.readAttributes(Path.of(name), BasicFileAttributes.class);
          seen.add("%s of %s (%d bytes)".formatted(name, file.lastModifiedTime(), file.size()));
        } catch (IOException e) {
          seen.add(name + ", which is not there");
        }
      }
    }
    return seen;
  }

  private static Map<String, Object> withoutNulls(Map<String, ?> configs) {
    Map<String, Object> given = new HashMap<>();
    configs.forEach(
        (name, value) -> {
          if (value != null) {
            given.put(name, value);
          }
        });
    return given;
  }
}
