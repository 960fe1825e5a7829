// At /#day the page gets the history of a day with everything full: as many marks as the service
// keeps, and more points than it does, so that the page has to merge them.
if (location.hash === "#day") {
  const POINTS = 3000;
  const MARKS = 200;
  const LISTED = 50;
  const start = Date.now() - 86_400_000;
  const time = (step) => new Date(start + step * 1000).toISOString();
  const points = (n, make) => Array.from({ length: n }, (_, i) => make(Math.round((i + 1) * 86_000 / n), i));
  const evaluation = (step, i) => ({
    step, time: time(step), examples: 1000, loss: 0.3 + 0.1 * Math.sin(i / 20),
    accuracy: 0.9, accuracyLow: 0.88, accuracyHigh: 0.92, constantAccuracy: 0.6, macroF1: 0.9,
    published: null, outcome: "hold", decision: "held: not shown to be better, with words as long as the gate's own are",
  });
  const day = {
    since: time(0),
    steps: points(POINTS, (step, i) => ({
      step, time: time(step), examples: 32 * step, loss: 0.4 + 0.2 * Math.sin(i / 7), gradNorm: 1,
      prequentialAccuracy: 0.88, prequentialLow: 0.85, prequentialHigh: 0.91, prequentialConstantAccuracy: 0.6, steps: 86,
    })),
    evaluations: points(POINTS, evaluation),
    recentEvaluations: points(LISTED, evaluation),
    changes: points(MARKS, (step, i) => ({ ...evaluation(step, i), published: 801 + i, outcome: "publish" })),
    drifts: points(MARKS, (step) => ({
      type: "drift", step, time: time(step),
      signal: { detector: "ADWIN", level: "WARNING", statistic: 0.1, threshold: 0.05, examples: step, actions: [] },
    })),
    commands: points(MARKS, (step, i) => ({
      type: "command", step, time: time(step), command: `c${i}`, name: "publish", outcome: "done", detail: "why",
    })),
    lastEvaluation: null,
  };
  const real = window.fetch;
  window.fetch = (path, ...more) =>
    path === "api/v1/metrics/history" ? Promise.resolve(Response.json(day)) : real(path, ...more);
}
