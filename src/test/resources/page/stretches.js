// Four steps, a roll-back behind the first, two more: places, steps and losses.
const done = arguments[arguments.length - 1];
import("/app/curves.js").then(({ Curves }) => {
  const curves = new Curves();
  const steps = [1, 2, 3, 4, 2, 3].map((step, i) => ({
    step, time: new Date(1e12 + 1000 * i).toISOString(), loss: (i + 1) / 10, prequentialAccuracy: 0.5, steps: 1,
  }));
  curves.load({ since: steps[0].time, steps, evaluations: [], recentEvaluations: [], changes: [], drifts: [], commands: [] });
  const [places, losses] = curves.lossColumns();
  done([places, curves.rows.filter(({ gap }) => !gap).map(({ x }) => curves.stepAt(x)), losses]);
});
