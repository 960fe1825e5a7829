package io.millrace.backtest.report;

import io.millrace.backtest.EventStream;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * Accuracy by tenth of the stream as SVG: a line for each arm, its 95% interval as a band behind
 * it. Without a library: those for charts draw with AWT, which a headless JRE and a native
 * executable lack.
 */
final class AccuracyPicture {

  /** Told apart with any colour vision (Okabe and Ito 2008). */
  private static final List<String> COLOURS =
      List.of("#555555", "#e69f00", "#0072b2", "#009e73", "#cc79a7", "#d55e00", "#56b4e9");

  private static final int WIDTH = 960;
  private static final int HEIGHT = 480;
  private static final int LEFT = 60;
  private static final int RIGHT = 700;
  private static final int TOP = 50;
  private static final int BOTTOM = 430;
  private static final int TICK = 5; // percent
  private static final int LABEL_EVERY = 22; // pixels

  private final StreamReport report;
  private final int lowest;
  private final StringWriter text = new StringWriter();
  private final XMLStreamWriter xml;

  private AccuracyPicture(StreamReport report) throws XMLStreamException {
    this.report = report;
    this.lowest = lowest(report);
    this.xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
  }

  /** The SVG document. */
  static String of(StreamReport report) {
    try {
      AccuracyPicture picture = new AccuracyPicture(report);
      picture.draw();
      return picture.text.toString();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("a string takes all that is written to it", e);
    }
  }

  /** The bottom of the scale in percent, a tick below the lowest mean. */
  private static int lowest(StreamReport report) {
    double least =
        report.arms().stream()
            .flatMap(arm -> arm.byTenth().stream())
            .mapToDouble(Interval::mean)
            .filter(mean -> !Double.isNaN(mean))
            .min()
            .orElse(0);
    int tick = (int) Math.floor(100 * least / TICK) - 1;
    return Math.max(0, Math.min(100 / TICK - 1, tick) * TICK);
  }

  private void draw() throws XMLStreamException {
    xml.writeStartElement("svg");
    xml.writeDefaultNamespace("http://www.w3.org/2000/svg");
    attributes("viewBox", "0 0 %d %d".formatted(WIDTH, HEIGHT), "font-family", "sans-serif");
    attributes("font-size", "13");
    element("rect", "width", "100%", "height", "100%", "fill", "white");
    words(
        LEFT,
        28,
        "start",
        "Accuracy of predicting first, and 95% intervals: " + report.stream().file());
    axes();
    for (int i = 0; i < report.arms().size(); i++) {
      band(report.arms().get(i).byTenth(), colour(i));
    }
    for (int i = 0; i < report.arms().size(); i++) {
      line(report.arms().get(i).byTenth(), colour(i));
      legend(i);
    }
    xml.writeEndElement();
    xml.writeEndDocument();
  }

  private void axes() throws XMLStreamException {
    for (int percent = lowest; percent <= 100; percent += tick()) {
      String y = number(y(percent / 100.0));
      String x = Integer.toString(LEFT);
      element("line", "x1", x, "x2", "" + RIGHT, "y1", y, "y2", y, "stroke", "#dddddd");
      words(LEFT - 8, y(percent / 100.0) + 4, "end", percent + "%");
    }
    for (int tenth = 0; tenth < EventStream.TENTHS; tenth++) {
      words(x(tenth), BOTTOM + 20, "middle", Integer.toString(tenth + 1));
    }
    words((LEFT + RIGHT) / 2.0, BOTTOM + 40, "middle", "tenth of the stream, in event-time order");
  }

  private int tick() {
    return 100 - lowest > 50 ? 2 * TICK : TICK;
  }

  private void band(List<Interval> tenths, String colour) throws XMLStreamException {
    List<String> points = new ArrayList<>(points(tenths, Interval::high));
    List<String> below = points(tenths, Interval::low);
    for (int i = below.size() - 1; i >= 0; i--) {
      points.add(below.get(i));
    }
    element("polygon", "points", String.join(" ", points), "fill", colour, "opacity", "0.13");
  }

  private void line(List<Interval> tenths, String colour) throws XMLStreamException {
    List<String> points = points(tenths, Interval::mean);
    String all = String.join(" ", points);
    element("polyline", "points", all, "fill", "none", "stroke", colour, "stroke-width", "2");
    for (String point : points) {
      String[] place = point.split(",", -1);
      element("circle", "cx", place[0], "cy", place[1], "r", "3", "fill", colour);
    }
  }

  private List<String> points(List<Interval> tenths, ToDoubleFunction<Interval> value) {
    List<String> points = new ArrayList<>();
    for (int tenth = 0; tenth < tenths.size(); tenth++) {
      double share = value.applyAsDouble(tenths.get(tenth));
      if (!Double.isNaN(share)) {
        points.add(number(x(tenth)) + "," + number(y(share)));
      }
    }
    return points;
  }

  private void legend(int i) throws XMLStreamException {
    StrategyReport arm = report.arms().get(i);
    int y = TOP + 10 + i * 2 * LABEL_EVERY;
    element("circle", "cx", "" + (RIGHT + 24), "cy", "" + (y - 4), "r", "5", "fill", colour(i));
    words(RIGHT + 36, y, "start", arm.name());
    String overall =
        String.format(
            Locale.ROOT,
            "%.2f%% [%.2f, %.2f]",
            100 * arm.accuracy().mean(),
            100 * arm.accuracy().low(),
            100 * arm.accuracy().high());
    words(RIGHT + 36, y + LABEL_EVERY - 4, "start", overall);
  }

  private static String colour(int arm) {
    return COLOURS.get(arm % COLOURS.size());
  }

  private static double x(int tenth) {
    return LEFT + (RIGHT - LEFT) * (tenth + 0.5) / EventStream.TENTHS;
  }

  /** Bands may go below the scale; they end at it. */
  private double y(double share) {
    double above = Math.max(0, 100 * share - lowest) / (100 - lowest);
    return BOTTOM - (BOTTOM - TOP) * above;
  }

  private void words(double x, double y, String anchor, String words) throws XMLStreamException {
    xml.writeStartElement("text");
    attributes("x", number(x), "y", number(y), "text-anchor", anchor, "fill", "#222222");
    xml.writeCharacters(words);
    xml.writeEndElement();
  }

  private void element(String name, String... attributes) throws XMLStreamException {
    xml.writeEmptyElement(name);
    attributes(attributes);
  }

  private void attributes(String... namesAndValues) throws XMLStreamException {
    for (int i = 0; i < namesAndValues.length; i += 2) {
      xml.writeAttribute(namesAndValues[i], namesAndValues[i + 1]);
    }
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
