// Two uPlot charts that share a cursor. Colours come from the style sheet, so both schemes fit.

import uPlot from "../webjars/uplot/1.6.30/dist/uPlot.esm.js";
import { clock, count, el, loss, percent, setText } from "./format.js";

const LINES = { version: "--mark", drift: "--bad", "rolled-back": "--warn", restart: "--muted" };

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Thin vertical lines; what they are stands in the lane below. */
function lines(marks) {
  return (chart) => {
    const { ctx, bbox } = chart;
    ctx.save();
    ctx.lineWidth = devicePixelRatio;
    ctx.globalAlpha = 0.75;
    for (const { kind, x } of marks()) {
      const at = Math.round(chart.valToPos(x, "x", true)) + 0.5;
      if (LINES[kind] && at >= bbox.left && at <= bbox.left + bbox.width) {
        ctx.strokeStyle = color(LINES[kind]);
        ctx.setLineDash(kind === "version" ? [2 * devicePixelRatio, 3 * devicePixelRatio] : []);
        ctx.beginPath();
        ctx.moveTo(at, bbox.top);
        ctx.lineTo(at, bbox.top + bbox.height);
        ctx.stroke();
      }
    }
    ctx.restore();
  };
}

function axes(valueFormat, curves) {
  const shared = {
    stroke: () => color("--muted"),
    font: "12px system-ui, sans-serif",
    grid: { stroke: () => color("--rule"), width: 1 },
    ticks: { stroke: () => color("--rule"), width: 1, size: 4 },
  };
  return [
    {
      ...shared, size: 28, gap: 3, space: 64,
      splits: (_, axis, low, high, every) => curves.ticks(low, high, every),
      values: (_, places) => places.map((x) => count(curves.stepAt(x))),
    },
    { ...shared, size: 46, gap: 4, space: 34, values: (_, values) => values.map(valueFormat) },
  ];
}

const line = (label, name, format, more = {}) => ({
  label,
  stroke: () => color(name),
  width: 2,
  points: { show: false },
  format,
  ...more,
});

/** A limit of an interval: drawn as the edge of a band. */
const limit = (label) => ({ label, width: 0, points: { show: false }, format: percent });

const dots = (name) => ({ show: true, size: 5, stroke: () => color(name), fill: () => color(name) });

/** What each colour means, with the value under the cursor, else the last one. */
class Legend {
  constructor(root, series, curves) {
    this.curves = curves;
    this.place = el("span", {});
    this.entries = series.map(({ label, format, key }, i) => ({ label, format, key, column: i + 1 }))
      .filter(({ key }) => key)
      .map((entry) => {
        const value = el("b", {}, "–");
        root.append(el("li", {}, el("i", { class: `key ${entry.key}` }), `${entry.label} `, value));
        return { ...entry, value };
      });
    root.append(el("li", {}, this.place));
  }

  show(data, index) {
    const known = (value) => value !== null && value !== undefined;
    this.entries.forEach(({ value, format, column }) =>
      setText(value, format(index === null ? data[column].findLast(known) : data[column][index])));
    const row = index === null ? null : this.curves.row(index);
    const point = row?.step ?? row?.evaluation;
    setText(this.place, point ? `at step ${count(point.step)}, ${clock(point.time)}` : "");
  }
}

export class Chart {
  /**
   * @param kind one of the functions below
   * @param marks gives what is marked with lines
   * @param drawn called behind each drawing, with the plot
   */
  constructor(figure, kind, curves, marks, drawn = () => {}) {
    Object.assign(this, { figure, curves, marks, drawn, data: null, plot: null });
    this.kind = () => kind(curves);
    this.box = figure.querySelector(".plot");
    this.legend = new Legend(figure.querySelector(".legend"), this.kind().series.slice(1), curves);
    new ResizeObserver(() => this.plot?.setSize(this.size())).observe(this.box);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.rebuild());
  }

  show(data, summary) {
    this.data = data;
    if (data[0].length === 0) {
      return;
    }
    this.figure.classList.add("drawn");
    this.box.setAttribute("aria-label", summary);
    this.legend.show(data, this.plot?.cursor.idx ?? null);
    if (this.plot) {
      this.plot.setData(data);
    } else {
      this.plot = new uPlot(this.options(), data, this.box);
    }
  }

  rebuild() {
    if (this.plot) {
      this.plot.destroy();
      this.plot = new uPlot(this.options(), this.data, this.box);
    }
  }

  size() {
    return { width: this.box.clientWidth, height: this.box.clientHeight };
  }

  options() {
    return {
      ...this.size(),
      padding: [10, 10, 0, 0],
      cursor: { sync: { key: "millrace" }, drag: { x: true, y: false }, points: { size: 7 } },
      legend: { show: false },
      hooks: {
        drawAxes: [lines(this.marks)],
        draw: [(plot) => this.drawn(plot)],
        setCursor: [(plot) => this.legend.show(this.data, plot.cursor.idx ?? null)],
      },
      ...this.kind(),
    };
  }
}

export const lossChart = (curves) => ({
  scales: { x: { time: false }, y: { range: (_, low, high) => [0, Math.max(0.1, high * 1.05)] } },
  axes: axes((value) => String(Math.round(value * 100) / 100), curves),
  series: [
    {},
    line("Each step", "--constant", loss, { width: 1, alpha: 0.55, key: "step" }),
    line("Running mean", "--loss", loss, { key: "mean" }),
    line("Held-out", "--held-out", loss, { points: dots("--held-out"), key: "held-out" }),
  ],
});

export const accuracyChart = (curves) => ({
  scales: {
    x: { time: false },
    y: { range: (_, low) => [Math.max(0, Math.min(0.5, Math.floor((low ?? 0) * 10) / 10)), 1] },
  },
  axes: axes((value) => `${Math.round(value * 100)}%`, curves),
  bands: [
    { series: [1, 2], fill: () => color("--band") },
    { series: [4, 5], fill: () => color("--prequential-band") },
  ],
  series: [
    {},
    limit("Held-out, upper limit"),
    limit("Held-out, lower limit"),
    line("Held-out", "--held-out", percent, { points: dots("--held-out"), key: "held-out" }),
    limit("Prequential, upper limit"),
    limit("Prequential, lower limit"),
    line("Prequential", "--prequential", percent, { width: 1.5, key: "prequential" }),
    line("Constant", "--constant", percent, { width: 1.5, dash: [5, 4], key: "constant" }),
  ],
});
