// Five thousand steps and evaluations as the service's events bring them, in a hundred parts.
const done = arguments[arguments.length - 1];
import("/app/curves.js").then(({ Curves }) => {
  const curves = new Curves();
  const time = (step) => new Date(1e12 + 1000 * step).toISOString();
  for (let step = 1; step <= 5000; step++) {
    curves.addStep({
      step, time: time(step), loss: step % 2, prequentialAccuracy: 0.5,
      prequentialAccuracyInterval: { low: 0.4, high: 0.6 },
    });
    curves.addEvaluation({
      step, time: time(step), published: null, outcome: "hold", decision: "held",
      candidate: { accuracy: 0.5, quality: { accuracyInterval: { low: 0.4, high: 0.6 } } },
    });
    if (step % 50 === 0) {
      curves.arrange();
    }
  }
  const sum = (values) => values.reduce((a, b) => a + b, 0);
  const { steps, evaluations } = curves;
  const all = sum(steps.map((point) => point.steps));
  done({
    points: Math.max(steps.length, evaluations.length),
    steps: all,
    last: Math.min(steps.at(-1).step, evaluations.at(-1).step),
    meanLoss: sum(steps.map((point) => point.loss * point.steps)) / all,
  });
});
