package io.millrace.web.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DownsampledTest {

  /** Values first to last, merged. */
  private record Span(int first, int last) {
    Span and(Span newer) {
      assertThat(newer.first).as("neighbours only").isEqualTo(last + 1);
      return new Span(first, newer.last);
    }
  }

  private static Downsampled<Span> series(int capacity, int values) {
    Downsampled<Span> series = new Downsampled<>(capacity, Span::and);
    IntStream.range(0, values).forEach(i -> series.add(new Span(i, i)));
    return series;
  }

  @Test
  void aShortSeriesIsKeptAsItIs() {
    assertThat(series(10, 3).points())
        .containsExactly(new Span(0, 0), new Span(1, 1), new Span(2, 2));
  }

  @Test
  void aFullSeriesMergesNeighboursAndGoesOn() {
    assertThat(series(4, 7).points())
        .containsExactly(new Span(0, 1), new Span(2, 3), new Span(4, 5), new Span(6, 6));
  }

  @Test
  void everyValueIsInExactlyOnePointHoweverLongTheSeries() {
    for (int capacity : List.of(2, 3, 5, 100)) {
      for (int values = 1; values < 400; values++) {
        // When
        List<Span> points = series(capacity, values).points();

        // Then
        assertThat(points).hasSizeLessThanOrEqualTo(capacity);
        assertThat(points.get(0).first()).isZero();
        assertThat(points.get(points.size() - 1).last()).isEqualTo(values - 1);
        for (int i = 1; i < points.size(); i++) {
          assertThat(points.get(i).first()).isEqualTo(points.get(i - 1).last() + 1);
        }
      }
    }
  }

  @Test
  void aDayOfStepsKeepsHalfOfItsPointsOrMore() {
    assertThat(series(1000, 200_000).points()).hasSizeBetween(500, 1000);
  }
}
