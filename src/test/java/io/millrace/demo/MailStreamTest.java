package io.millrace.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MailStreamTest {

  private final List<Mail> mails = MailStream.read();

  @Test
  void noTextStandsOnBothSides() {
    // Given
    Set<String> heldOut = texts(mail -> MailStream.isHeldOut(mail.text()));
    Set<String> trained = texts(mail -> !MailStream.isHeldOut(mail.text()));

    // When
    Set<String> both = new HashSet<>(heldOut);
    both.retainAll(trained);

    // Then
    assertThat(both).isEmpty();
    assertThat(heldOut.size() + trained.size()).as("some texts occur twice").isLessThan(6046);
  }

  @Test
  void aTenthIsHeldOutWithBothClassesInIt() {
    assertThat(count(mail -> MailStream.isHeldOut(mail.text()))).isBetween(550L, 650L);
    assertThat(count(mail -> MailStream.isHeldOut(mail.text()) && mail.label().equals("spam")))
        .isBetween(150L, 250L);
  }

  @Test
  void everyWindowHasTheClassMixOfTheWhole() {
    // Given
    double whole = count(mail -> mail.label().equals("spam")) / (double) mails.size();
    int window = 100;

    // Then
    for (int from = 0; from + window <= mails.size(); from++) {
      long spam =
          mails.subList(from, from + window).stream()
              .filter(mail -> mail.label().equals("spam"))
              .count();
      assertThat(spam / (double) window).as("from %d", from).isCloseTo(whole, within(0.02));
    }
  }

  @Test
  void eachClassKeepsItsTimeOrderAndNothingIsLost() {
    for (String label : List.of("ham", "spam")) {
      assertThat(mails.stream().filter(mail -> mail.label().equals(label)).toList())
          .isSortedAccordingTo(Comparator.comparing(Mail::timestamp));
    }
    assertThat(mails).extracting(Mail::id).doesNotHaveDuplicates().hasSize(6046);
    assertThat(mails).extracting(Mail::label).containsOnly("ham", "spam");
  }

  @Test
  void aMailInALogShowsNoText() {
    Mail mail = mails.get(0);

    assertThat(mail.toString()).contains(mail.id()).doesNotContain(mail.text());
  }

  private long count(Predicate<Mail> which) {
    return mails.stream().filter(which).count();
  }

  private Set<String> texts(Predicate<Mail> which) {
    return mails.stream().filter(which).map(Mail::text).collect(Collectors.toSet());
  }
}
