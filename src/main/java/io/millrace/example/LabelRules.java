package io.millrace.example;

import io.millrace.example.DeadLetter.Reason;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;

/**
 * What a label may be, in records and in settings alike: two spellings of one name in Unicode are
 * one label. Immutable.
 *
 * @param maxCharacters longest label accepted, after normalisation to NFC
 */
public record LabelRules(int maxCharacters) {

  /** Longer ones are too long after NFC, too, and may take quadratic time to normalise. */
  private static final int NFC_SHRINKS_AT_MOST = 8;

  /**
   * Checks a label.
   *
   * @param value null where it is absent
   * @return it in NFC
   */
  public String label(String value) throws BrokenRuleException {
    if (value != null) {
      Characters.wellFormed("\"label\"", value);
    }
    if (value == null || Characters.isBlank(value)) {
      throw new BrokenRuleException(Reason.MISSING_LABEL, "\"label\" is missing or blank");
    }
    if (value.length() > (long) NFC_SHRINKS_AT_MOST * maxCharacters) {
      throw tooLong(value.length());
    }
    String name = nfc(value);
    if (name.length() > maxCharacters) {
      throw tooLong(name.length());
    }
    if (Characters.hasControl(name)) {
      throw new BrokenRuleException(Reason.INVALID_FIELD, "\"label\" has a control character");
    }
    return name;
  }

  private BrokenRuleException tooLong(int length) {
    return new BrokenRuleException(
        Reason.INVALID_FIELD,
        "\"label\" has %d characters, the limit is %d".formatted(length, maxCharacters));
  }

  /**
   * The label set of a setting. White space around a name comes from the list, not from the name.
   *
   * @throws IllegalArgumentException naming the place in the list and the rule
   */
  public LabelSet configured(List<String> names) {
    List<String> checked = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      try {
        checked.add(label(names.get(i).strip()));
      } catch (BrokenRuleException e) {
        throw new IllegalArgumentException("number " + (i + 1) + ": " + e.getMessage(), e);
      }
    }
    return new LabelSet(checked);
  }

  /** The form in which names are compared. */
  public static String nfc(String name) {
    return Normalizer.isNormalized(name, Normalizer.Form.NFC)
        ? name
        : Normalizer.normalize(name, Normalizer.Form.NFC);
  }
}
