// The points behind the charts. Bounded: when there are too many, neighbours are merged.

const MOST_POINTS = 2400;

const finite = (value) => (Number.isFinite(value) ? value : null);

function merge(older, newer) {
  const weight = older.steps + newer.steps;
  const mean = (a, b) =>
    finite(a) === null ? b : finite(b) === null ? a : (a * older.steps + b * newer.steps) / weight;
  return { ...newer, steps: weight, loss: mean(older.loss, newer.loss) };
}

const bounded = (points, combine) =>
  points.length <= MOST_POINTS
    ? points
    : points.flatMap((point, i) =>
        i % 2 ? [] : [i + 1 < points.length ? combine(point, points[i + 1]) : point]);

/** The part of a series before a step: what a restarted trainer has not done again. */
const before = (points, step) => points.filter((point) => point.step < step);

export class Curves {
  steps = [];
  evaluations = [];
  versions = new Map();

  /** Takes a server's history; keeps what this page saw before the server was restarted. */
  load(history) {
    const first = Math.min(
      history.steps[0]?.step ?? Infinity, history.evaluations[0]?.step ?? Infinity);
    this.steps = [...before(this.steps, first), ...history.steps];
    this.evaluations = [...before(this.evaluations, first), ...history.evaluations];
    this.versions = new Map([...this.versions].filter(([, step]) => step < first));
    history.evaluations.forEach((point) => this.mark(point.published, point.step));
    this.bound();
  }

  addStep(record) {
    this.steps = this.startOver(this.steps, record.step);
    this.steps.push({
      step: record.step,
      time: record.time,
      examples: record.examplesTotal,
      loss: record.loss,
      prequentialAccuracy: record.prequentialAccuracy,
      prequentialConstantAccuracy: record.prequentialConstantAccuracy,
      steps: 1,
    });
    this.bound();
  }

  addEvaluation(record) {
    const { examples, loss, accuracy, constantAccuracy, macroF1 } = record.candidate;
    this.evaluations = this.startOver(this.evaluations, record.step);
    this.evaluations.push({
      step: record.step, time: record.time, examples, loss, accuracy, constantAccuracy, macroF1,
    });
    this.mark(record.published, record.step);
    this.bound();
  }

  mark(version, step) {
    if (version !== null && version !== undefined) {
      this.versions.set(version, step);
    }
  }

  /** Marks as x positions, in order. */
  marks() {
    return [...this.versions].map(([version, step]) => ({ version, step })).sort((a, b) => a.step - b.step);
  }

  /** Columns for the loss chart: x, each step's loss, its running mean, held-out loss. */
  lossColumns() {
    const rows = this.rows();
    let mean = null;
    return columns(rows, ({ step, evaluation }) => {
      const value = finite(step?.loss);
      if (value !== null) {
        mean = mean === null ? value : mean + (value - mean) * 0.12;
      }
      return [value, value === null ? null : mean, finite(evaluation?.loss)];
    }, 3);
  }

  /** Columns for the accuracy chart: x, held-out, prequential, constant. */
  accuracyColumns() {
    let constant = null;
    return columns(this.rows(), ({ step, evaluation }) => {
      constant = finite(evaluation?.constantAccuracy) ?? constant;
      return [
        finite(evaluation?.accuracy),
        finite(step?.prequentialAccuracy),
        constant ?? finite(step?.prequentialConstantAccuracy),
      ];
    }, 3);
  }

  rows() {
    const byStep = new Map();
    const at = (step) => byStep.get(step) ?? byStep.set(step, {}).get(step);
    this.steps.forEach((point) => { at(point.step).step = point; });
    this.evaluations.forEach((point) => { at(point.step).evaluation = point; });
    return [...byStep].sort((a, b) => a[0] - b[0]);
  }

  startOver(points, step) {
    return points.length && points[points.length - 1].step >= step ? before(points, step) : points;
  }

  bound() {
    this.steps = bounded(this.steps, merge);
    this.evaluations = bounded(this.evaluations, (older, newer) => newer);
  }
}

function columns(rows, valuesOf, width) {
  const result = Array.from({ length: width + 1 }, () => []);
  rows.forEach(([step, row]) => {
    result[0].push(step);
    valuesOf(row).forEach((value, i) => result[i + 1].push(value));
  });
  return result;
}
