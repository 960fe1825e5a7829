// Two uPlot charts that share a cursor. Colours come from the style sheet, so both schemes fit.

import uPlot from "../webjars/uplot/1.6.30/dist/uPlot.esm.js";
import { count, el, loss, percent, setText } from "./format.js";

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Thin vertical lines with the version's number, where there is room for it. */
function versionMarks(marks) {
  return {
    hooks: {
      drawAxes: (chart) => {
        const { ctx, bbox } = chart;
        const pixel = devicePixelRatio;
        ctx.save();
        ctx.strokeStyle = color("--mark");
        ctx.fillStyle = color("--mark");
        ctx.globalAlpha = 0.75;
        ctx.lineWidth = pixel;
        ctx.font = `${11 * pixel}px system-ui, sans-serif`;
        ctx.textBaseline = "top";
        let free = -Infinity;
        for (const { version, step } of marks()) {
          const x = Math.round(chart.valToPos(step, "x", true)) + 0.5;
          if (x < bbox.left || x > bbox.left + bbox.width) {
            continue;
          }
          ctx.setLineDash([2 * pixel, 3 * pixel]);
          ctx.beginPath();
          ctx.moveTo(x, bbox.top);
          ctx.lineTo(x, bbox.top + bbox.height);
          ctx.stroke();
          const text = `v${version}`;
          const width = ctx.measureText(text).width;
          const left = Math.min(x + 3 * pixel, bbox.left + bbox.width - width);
          if (left > free) {
            ctx.fillText(text, left, bbox.top - 13 * pixel);
            free = left + width + 5 * pixel;
          }
        }
        ctx.restore();
      },
    },
  };
}

function axes(valueFormat) {
  const shared = {
    stroke: () => color("--muted"),
    font: "12px system-ui, sans-serif",
    grid: { stroke: () => color("--rule"), width: 1 },
    ticks: { stroke: () => color("--rule"), width: 1, size: 4 },
  };
  return [
    { ...shared, size: 28, gap: 3, space: 64, values: (_, values) => values.map((v) => (Number.isInteger(v) ? count(v) : "")) },
    { ...shared, size: 46, gap: 4, space: 34, values: (_, values) => values.map(valueFormat) },
  ];
}

const line = (label, name, format, more = {}) => ({
  label,
  stroke: () => color(name),
  width: 2,
  spanGaps: true,
  points: { show: false },
  format,
  ...more,
});

const dots = (name) => ({ show: true, size: 5, stroke: () => color(name), fill: () => color(name) });

/** What each colour means, with the value under the cursor, else the last one. */
class Legend {
  constructor(root, series) {
    this.place = el("span", {});
    this.entries = series.map(({ label, format, key }) => {
      const value = el("b", {}, "–");
      root.append(el("li", {}, el("i", { class: `key ${key}` }), `${label} `, value));
      return { value, format };
    });
    root.append(el("li", {}, this.place));
  }

  show(data, index) {
    const at = (values) =>
      index === null ? values.findLast((value) => value !== null) : values[index];
    this.entries.forEach(({ value, format }, i) => setText(value, format(at(data[i + 1]))));
    setText(this.place, index === null ? "" : `at step ${count(data[0][index])}`);
  }
}

export class Chart {
  constructor(figure, kind, marks) {
    this.figure = figure;
    this.box = figure.querySelector(".plot");
    this.kind = kind;
    this.marks = marks;
    this.data = null;
    this.legend = new Legend(figure.querySelector(".legend"), kind().series.slice(1));
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
      padding: [18, 10, 0, 0],
      plugins: [versionMarks(this.marks)],
      cursor: { sync: { key: "millrace" }, drag: { x: true, y: false }, points: { size: 7 } },
      legend: { show: false },
      hooks: { setCursor: [(plot) => this.legend.show(this.data, plot.cursor.idx ?? null)] },
      ...this.kind(),
    };
  }
}

export const lossChart = () => ({
  scales: { x: { time: false }, y: { range: (_, low, high) => [0, Math.max(0.1, high * 1.05)] } },
  axes: axes((value) => String(Math.round(value * 100) / 100)),
  series: [
    {},
    line("Each step", "--constant", loss, { width: 1, alpha: 0.55, key: "step" }),
    line("Running mean", "--loss", loss, { key: "mean" }),
    line("Held-out", "--held-out", loss, { points: dots("--held-out"), key: "held-out" }),
  ],
});

export const accuracyChart = () => ({
  scales: {
    x: { time: false },
    y: { range: (_, low) => [Math.max(0, Math.min(0.5, Math.floor((low ?? 0) * 10) / 10)), 1] },
  },
  axes: axes((value) => `${Math.round(value * 100)}%`),
  series: [
    {},
    line("Held-out", "--held-out", percent, { points: dots("--held-out"), key: "held-out" }),
    line("Prequential", "--prequential", percent, { width: 1.5, key: "prequential" }),
    line("Constant", "--constant", percent, { width: 1.5, dash: [5, 4], key: "constant" }),
  ],
});
