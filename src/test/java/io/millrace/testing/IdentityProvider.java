package io.millrace.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

/** What of an identity provider counts here: a key, and the address that tells its public half. */
public final class IdentityProvider implements AutoCloseable {

  public static final String ISSUER = "https://identity.example/realms/millrace";

  private final int port;
  private HttpServer server;
  private volatile Instant asked = Instant.EPOCH;
  private volatile String kid;
  private volatile KeyPair key;

  public IdentityProvider(String kid) throws IOException, GeneralSecurityException {
    port = Service.freePort();
    rotate(kid);
  }

  /** Before this, it is away. */
  public void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.createContext(
        "/jwks",
        exchange -> {
          asked = Instant.now();
          byte[] keys = keys().getBytes(UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, keys.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(keys);
          }
        });
    server.start();
  }

  /** Signs with another key from now on, and tells no other. */
  public void rotate(String next) throws GeneralSecurityException {
    key = Jwt.rsa();
    kid = next;
  }

  /** How long ago somebody last asked for the keys. */
  public Duration unasked() {
    return Duration.between(asked, Instant.now());
  }

  public KeyPair key() {
    return key;
  }

  public String kid() {
    return kid;
  }

  /** Of its JSON Web Key Set (RFC 7517). */
  public String address() {
    return "http://localhost:" + port + "/jwks";
  }

  private String keys() {
    RSAPublicKey shown = (RSAPublicKey) key.getPublic();
    return """
        {"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "%s", "n": "%s", "e": "%s"}]}"""
        .formatted(kid, number(shown.getModulus()), number(shown.getPublicExponent()));
  }

  private static String number(BigInteger value) {
    byte[] bytes = value.toByteArray();
    int sign = bytes[0] == 0 ? 1 : 0;
    return Jwt.base64(Arrays.copyOfRange(bytes, sign, bytes.length));
  }

  @Override
  public void close() {
    if (server != null) {
      server.stop(0);
    }
  }
}
