// The points behind the charts, in the order they were made. Bounded: when there are too many,
// neighbours are merged.
//
// Steps count on, but for a roll-back or a restart, which goes on from an earlier one. There a new
// stretch begins: the curve breaks, and goes on to the right of what came before, never over it.

const MOST_POINTS = 2400;
const MOST_MARKS = 400;
const MOST_LISTED = 50;
const SMOOTHING = 0.12;

const finite = (value) => (Number.isFinite(value) ? value : undefined);
const at = (point) => Date.parse(point.time);

function merge(older, newer) {
  const weight = older.steps + newer.steps;
  const mean = (a, b) =>
    finite(a) === undefined ? b : finite(b) === undefined ? a : (a * older.steps + b * newer.steps) / weight;
  return { ...newer, steps: weight, loss: mean(older.loss, newer.loss) };
}

const bounded = (points, combine) =>
  points.length <= MOST_POINTS
    ? points
    : points.flatMap((point, i) =>
        i % 2 ? [] : [i + 1 < points.length ? combine(point, points[i + 1]) : point]);

export class Curves {
  steps = [];
  evaluations = [];
  recentEvaluations = [];
  changes = [];
  drifts = [];
  commands = [];
  stretches = [];
  rows = [];

  /** Takes a server's history; keeps what this page saw of the processes before. */
  load(history) {
    const since = Date.parse(history.since);
    for (const name of ["steps", "evaluations", "recentEvaluations", "changes", "drifts", "commands"]) {
      this[name] = [...this[name].filter((point) => at(point) < since), ...history[name]];
    }
    this.arrange();
  }

  addStep(record) {
    const { step, time, examplesTotal, loss, prequentialAccuracy, prequentialConstantAccuracy } = record;
    const { low, high } = record.prequentialAccuracyInterval;
    this.steps.push({
      step, time, examples: examplesTotal, loss, prequentialAccuracy, prequentialLow: low, prequentialHigh: high,
      prequentialConstantAccuracy, steps: 1,
    });
  }

  addEvaluation(record) {
    const { examples, loss, accuracy, constantAccuracy, quality } = record.candidate;
    const { step, time, published, outcome, decision } = record;
    const { low, high } = quality.accuracyInterval;
    const point = {
      step, time, examples, loss, accuracy, accuracyLow: low, accuracyHigh: high, constantAccuracy,
      goldenExamples: record.golden?.examples ?? 0, goldenAccuracy: record.golden?.accuracy ?? null,
      published, outcome, decision,
    };
    this.evaluations.push(point);
    this.recentEvaluations.push(point);
    if (outcome !== "hold") {
      this.changes.push(point);
    }
  }

  addDrift(record) {
    this.drifts.push(record);
  }

  addCommand(record) {
    this.commands.push(record);
  }

  /** Puts every point in its place. */
  arrange() {
    this.steps = bounded(this.steps, merge);
    this.evaluations = bounded(this.evaluations, (older, newer) => newer);
    this.recentEvaluations = this.recentEvaluations.slice(-MOST_LISTED);
    for (const name of ["changes", "drifts", "commands"]) {
      this[name] = this[name].slice(-MOST_MARKS);
    }
    const points = [
      ...this.steps.map((step) => ({ step })),
      ...this.evaluations.map((evaluation) => ({ evaluation })),
    ].map((row) => ({ row, point: row.step ?? row.evaluation }))
      .sort((a, b) => at(a.point) - at(b.point) || a.point.step - b.point.step);
    this.stretches = [];
    this.rows = [];
    let last = null;
    for (const { row, point } of points) {
      if (last === null || point.step < last.step) {
        this.begin(point, last);
      }
      const { shift } = this.stretches.at(-1);
      const x = point.step + shift;
      if (last !== null && this.rows.at(-1).x === x) {
        Object.assign(this.rows.at(-1), row);
      } else {
        this.rows.push({ x, ...row });
      }
      last = point;
      this.stretches.at(-1).to = x;
    }
  }

  begin(point, last) {
    const before = this.stretches.at(-1);
    const from = before ? before.to + 1 : point.step;
    if (before) {
      this.rows.push({ x: before.to + 0.5, gap: true });
    }
    this.stretches.push({
      from, to: from, shift: from - point.step, time: at(point), step: point.step, after: last?.step,
    });
  }

  /** Where something that happened has its place; null where that is not in sight. */
  place({ step, time }) {
    const when = Date.parse(time);
    const stretch = this.stretches.findLast((one) => one.time <= when);
    return stretch && step >= stretch.step && step + stretch.shift <= stretch.to + 1
      ? step + stretch.shift
      : null;
  }

  /** The step at a place. */
  stepAt(x) {
    const stretch = this.stretches.findLast((one) => one.from <= x) ?? this.stretches[0];
    return stretch ? Math.round(x - stretch.shift) : Math.round(x);
  }

  /** Places of round step numbers. */
  ticks(low, high, every) {
    const size = Math.max(1, Math.round(every));
    const places = [];
    for (const { from, to, shift } of this.stretches) {
      const first = Math.max(low, from) - shift;
      for (let step = Math.ceil(first / size) * size; step + shift <= Math.min(high, to); step += size) {
        if (places.length === 0 || step + shift - places.at(-1) >= size * 0.6) {
          places.push(step + shift);
        }
      }
    }
    return places;
  }

  /** What is at a column of the charts' data. */
  row(index) {
    return this.rows[index];
  }

  /** Columns for the loss chart: x, each step's loss, its running mean, held-out loss. */
  lossColumns() {
    let mean = null;
    return columns(this.rows, ({ step, evaluation, gap }) => {
      const value = finite(step?.loss);
      if (gap) {
        mean = null;
      } else if (value !== undefined) {
        mean = mean === null ? value : mean + (value - mean) * SMOOTHING;
      }
      return [value, value === undefined ? undefined : mean, finite(evaluation?.loss)];
    }, 3);
  }

  /** Columns for the accuracy chart: x, limits and value of held-out and of prequential, constant. */
  accuracyColumns() {
    let constant;
    return columns(this.rows, ({ step, evaluation }) => {
      constant = finite(evaluation?.constantAccuracy) ?? constant;
      return [
        finite(evaluation?.accuracyHigh),
        finite(evaluation?.accuracyLow),
        finite(evaluation?.accuracy),
        finite(step?.prequentialHigh),
        finite(step?.prequentialLow),
        finite(step?.prequentialAccuracy),
        constant ?? finite(step?.prequentialConstantAccuracy),
      ];
    }, 7);
  }
}

/** The chart joins points over undefined values, and breaks at null: so it does from stretch to stretch. */
function columns(rows, valuesOf, width) {
  const result = Array.from({ length: width + 1 }, () => []);
  rows.forEach((row) => {
    result[0].push(row.x);
    const values = valuesOf(row);
    for (let i = 0; i < width; i++) {
      result[i + 1].push(row.gap ? null : values[i]);
    }
  });
  rows.forEach(({ gap }, index) => {
    if (gap) {
      result.slice(1).forEach((column) => widen(column, index));
    }
  });
  return result;
}

function widen(column, gap) {
  for (let i = gap - 1; i >= 0 && column[i] === undefined; i--) {
    column[i] = null;
  }
  for (let i = gap + 1; i < column.length && column[i] === undefined; i++) {
    column[i] = null;
  }
}
