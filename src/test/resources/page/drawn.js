// What the charts have drawn: each line's values by place, and of each band the share of places where it is seen.
const done = arguments[arguments.length - 1];
import("/app.js").then(({ charts }) => {
  const lines = {};
  const bands = {};
  for (const [name, { data, plot }] of Object.entries(charts)) {
    plot.series.slice(1).forEach(({ label }, i) => {
      const key = name === "loss" && label === "Held-out" ? "Held-out loss" : label;
      lines[key] = Object.fromEntries(data[0]
        .map((x, row) => [x, data[i + 1][row]])
        .filter(([, value]) => Number.isFinite(value)));
    });
    for (const { series: [high, low] } of plot.bands ?? []) {
      const rows = data[0].map((_, row) => row).filter((row) => Number.isFinite(data[high][row]));
      const seen = rows.slice(1).filter((row, i) => {
        const middle = (column) => (column[rows[i]] + column[row]) / 2;
        const x = Math.round(plot.valToPos(middle(data[0]), "x", true));
        const y = Math.round(plot.valToPos(0.7 * middle(data[high]) + 0.3 * middle(data[low]), "y", true));
        return plot.ctx.getImageData(x, y, 1, 1).data[3] > 0;
      });
      bands[`${plot.series[high].label} to ${plot.series[low].label}`] = seen.length / (rows.length - 1);
    }
  }
  done({ ...lines, bands });
});
