package io.millrace.input;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.example.BrokenRuleException;
import io.millrace.example.Characters;
import io.millrace.example.DeadLetter.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Optional;

/**
 * What an id may be. Ids are compared as they are, without normalisation. Immutable.
 *
 * @param maxCharacters longest id accepted
 */
record IdRules(int maxCharacters) {

  /**
   * Checks the id of an example; empty where it is absent or blank.
   *
   * @param value null where it is absent
   */
  Optional<String> id(String value) throws BrokenRuleException {
    if (value == null) {
      return Optional.empty();
    }
    Characters.wellFormed("\"id\"", value);
    if (Characters.isBlank(value)) {
      return Optional.empty();
    }
    if (value.length() > maxCharacters) {
      throw new BrokenRuleException(
          Reason.INVALID_FIELD,
          "\"id\" has %d characters, the limit is %d".formatted(value.length(), maxCharacters));
    }
    return Optional.of(value);
  }

  /**
   * The id that a null value takes back.
   *
   * @param key the record's key, or null
   */
  String retracted(byte[] key) throws BrokenRuleException {
    String id = decoded(key);
    if (Characters.isBlank(id)) {
      throw undecodable("the key is no UTF-8 text");
    }
    if (id.length() > maxCharacters) {
      throw undecodable(
          "the key has %d characters, the limit is %d".formatted(id.length(), maxCharacters));
    }
    return id;
  }

  private static String decoded(byte[] key) {
    try {
      return key == null ? "" : UTF_8.newDecoder().decode(ByteBuffer.wrap(key)).toString();
    } catch (CharacterCodingException e) {
      return "";
    }
  }

  private static BrokenRuleException undecodable(String why) {
    return new BrokenRuleException(
        Reason.UNDECODABLE, "a null value retracts the id that is its key, and " + why);
  }
}
