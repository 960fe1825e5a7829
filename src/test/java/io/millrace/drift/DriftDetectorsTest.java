package io.millrace.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.tokenize.TokenizedText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DriftDetectorsTest {

  @Test
  void adwinFindsTheChangeOfRiversExampleWhereRiverDoes() throws IOException {
    Adwin adwin = new Adwin(0.002);
    List<Integer> changes = new ArrayList<>();
    List<Double> stream = riversStream();
    for (int i = 0; i < stream.size(); i++) {
      if (adwin.update(stream.get(i)) == Adwin.Change.RISE) {
        changes.add(i);
      }
    }

    assertThat(changes).containsExactly(1023);
    assertThat(adwin.width()).isLessThanOrEqualTo(1_010);
    assertThat(adwin.mean()).isBetween(5.3, 5.7);
  }

  @Test
  void pageHinkleyFindsTheChangeOfRiversExampleWhereRiverDoes() throws IOException {
    PageHinkley test = new PageHinkley(30, 0.005, 50, 0.9999);
    List<Integer> alarms = new ArrayList<>();
    List<Double> stream = riversStream();
    for (int i = 0; i < stream.size(); i++) {
      if (test.update(stream.get(i))) {
        alarms.add(i);
      }
    }

    assertThat(alarms).containsExactly(1006);
  }

  @Test
  void adwinIsQuietOnAStationaryStreamAndTellsAFallFromARise() {
    SplittableRandom random = new SplittableRandom(3);
    int alarms = 0;
    for (int run = 0; run < 20; run++) {
      Adwin adwin = new Adwin(0.002);
      for (int i = 0; i < 5_000; i++) {
        if (adwin.update(random.nextDouble() < 0.1 ? 1 : 0) != Adwin.Change.NONE) {
          alarms++;
        }
      }
    }
    // Then 100,000 values give a handful of alarms at the most
    assertThat(alarms).isLessThanOrEqualTo(2);

    // And a fall is a fall
    Adwin adwin = new Adwin(0.002);
    List<Adwin.Change> changes = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      changes.add(adwin.update(random.nextDouble() < (i < 1_000 ? 0.5 : 0.1) ? 1 : 0));
    }
    assertThat(changes).contains(Adwin.Change.FALL).doesNotContain(Adwin.Change.RISE);
  }

  @Test
  void aStateGoesOnAsIfNothingHadHappened() {
    SplittableRandom random = new SplittableRandom(5);
    Adwin adwin = new Adwin(0.01);
    PageHinkley test = new PageHinkley(30, 0.005, 20, 0.9999);
    Adwin restored = adwin;
    PageHinkley restoredTest = test;
    for (int i = 0; i < 3_000; i++) {
      double value = random.nextDouble() + (i > 1_500 ? 0.3 : 0);
      if (i % 700 == 0) {
        restored = new Adwin(0.01, adwin.state());
        restoredTest = new PageHinkley(30, 0.005, 20, 0.9999, test.state());
      }
      boolean same = restored == adwin;
      Adwin.Change expected = adwin.update(value);
      assertThat(same ? expected : restored.update(value)).isEqualTo(expected);
      boolean alarm = test.update(value);
      assertThat(restoredTest == test ? alarm : restoredTest.update(value)).isEqualTo(alarm);
    }
  }

  @Test
  void theGTestHasItsTextbookValue() {
    // G = 2 * (30 ln(30/40) + 70 ln(70/60) + 50 ln(50/40) + 50 ln(50/60)) = 8.4024, by Williams' q
    // =
    // 1 + (2 + 2 - 1) (200/80 + 200/120 - 1) / 1200 = 1.0079167, and erfc(sqrt(G / q / 2)) of it
    assertThat(LabelShift.pValue(List.of(30L, 70L), List.of(50L, 50L)))
        .isCloseTo(0.0038859078, org.assertj.core.data.Offset.offset(1e-9));
    assertThat(LabelShift.pValue(List.of(100L), List.of(100L))).isEqualTo(1);
    // Two labels too rare to tell count as one: not enough for two cells of 5
    assertThat(LabelShift.pValue(List.of(98L, 1L, 1L), List.of(97L, 3L))).isEqualTo(1);
  }

  @Test
  void theGTestHoldsItsRateWithManyLabels() {
    // Given 500 examples a window of 77 labels: six or seven of each
    SplittableRandom random = new SplittableRandom(29);
    LabelShift labels = new LabelShift(500, LabelShift.State.START);
    int alarms = 0;
    for (int i = 0; i < 500 * 1_001; i++) {
      alarms += labels.update(random.nextInt(77)).filter(p -> p <= 0.05).isPresent() ? 1 : 0;
    }

    // Then of 1,000 tests at 5% between 33 and 68 alarm (99% interval)
    assertThat(alarms).isBetween(33, 68);
  }

  @Test
  void labelAndTextTestsAlarmAtTheirRateAndSeeAShift() {
    SplittableRandom random = new SplittableRandom(17);
    LabelShift labels = new LabelShift(200, LabelShift.State.START);
    TextProjection projection = projection(random);
    TextShift texts = new TextShift(200, TextShift.State.START);
    int labelAlarms = 0;
    int textAlarms = 0;
    int tests = 0;
    for (int i = 0; i < 200 * 1_001; i++) {
      Optional<Double> ofLabels = labels.update(random.nextInt(10) < 7 ? 0 : 1);
      Optional<Double> ofTexts = texts.update(projection.of(text(random, 0, 1_000)));
      if (ofTexts.isPresent()) {
        tests++;
        labelAlarms += ofLabels.orElseThrow() <= 0.05 ? 1 : 0;
        textAlarms += ofTexts.orElseThrow() <= 0.05 ? 1 : 0;
      }
    }
    // Then of 1,000 independent tests at 5% between 33 and 68 alarm (99% interval)
    assertThat(tests).isEqualTo(1_000);
    assertThat(labelAlarms).isBetween(33, 68);
    assertThat(textAlarms).isBetween(33, 68);

    // And other words are seen at once, the same words not
    for (int i = 0; i < 199; i++) {
      texts.update(projection.of(text(random, 0, 1_000)));
    }
    texts.update(projection.of(text(random, 0, 1_000)));
    Optional<Double> shifted = Optional.empty();
    for (int i = 0; i < 200; i++) {
      shifted = texts.update(projection.of(text(random, 800, 1_000)));
    }
    assertThat(shifted.orElseThrow()).isLessThan(0.001);
  }

  private static TextProjection projection(SplittableRandom random) {
    float[] table = new float[1_000 * 32];
    for (int i = 0; i < table.length; i++) {
      table[i] = (float) random.nextDouble(-1, 1);
    }
    return new TextProjection(table, 32);
  }

  private static TokenizedText text(SplittableRandom random, int from, int to) {
    int[] ids = new int[12];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = random.nextInt(from, to);
    }
    return new TokenizedText(ids, new int[ids.length]);
  }

  private static List<Double> riversStream() throws IOException {
    try (InputStream digits = DriftDetectorsTest.class.getResourceAsStream("/drift/stream.txt")) {
      return new String(digits.readAllBytes(), StandardCharsets.US_ASCII)
          .strip()
          .chars()
          .mapToObj(digit -> (double) (digit - '0'))
          .toList();
    }
  }
}
