package io.millrace.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** JSON Web Tokens (RFC 7519) of somebody, right ones and forged ones. */
public final class Jwt {

  private final Map<String, Object> header = new TreeMap<>(Map.of("typ", "JWT"));
  private final Map<String, Object> claims = new LinkedHashMap<>();

  public Jwt(String issuer, Instant expires) {
    claims.put("iss", issuer);
    claims.put("sub", "somebody");
    claims.put("jti", "1");
    claims.put("iat", Instant.now().minusSeconds(7200).getEpochSecond());
    claims.put("exp", expires.getEpochSecond());
  }

  /** Adds or replaces a claim. */
  public Jwt with(String claim, Object value) {
    claims.put(claim, value);
    return this;
  }

  /** Names the key. */
  public Jwt kid(String kid) {
    header.put("kid", kid);
    return this;
  }

  /** As a provider signs it. */
  public String rs256(PrivateKey key) throws GeneralSecurityException {
    String content = content("RS256");
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(key);
    signature.update(content.getBytes(UTF_8));
    return content + "." + base64(signature.sign());
  }

  /** With a secret, which others may take for a public key. */
  public String hs256(byte[] secret) throws GeneralSecurityException {
    String content = content("HS256");
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret, "HmacSHA256"));
    return content + "." + base64(mac.doFinal(content.getBytes(UTF_8)));
  }

  /** Without a signature. */
  public String unsigned() {
    return content("none") + ".";
  }

  private String content(String algorithm) {
    header.put("alg", algorithm);
    return base64(json(header)) + "." + base64(json(claims));
  }

  private static byte[] json(Object value) {
    try {
      return new ObjectMapper().writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** A key pair for RS256. */
  public static KeyPair rsa() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return generator.generateKeyPair();
  }
}
