// The figures at the top.

import { count, el, loss, percent, plural, rate, setText } from "./format.js";

const TILES = [
  ["Examples trained", ({ training }) => count(training.examplesTrained), ({ training }) => `step ${count(training.step)}${replayed(training.replay)}`],
  ["Examples per second", ({ training }) => rate(training.examplesPerSecond), () => "over the last minute"],
  ["Tokens per second", ({ training }) => rate(training.tokensPerSecond), ({ training }) => `training thread busy ${busy(training)}`],
  ["Training loss", ({ training }) => loss(training.loss), (_, step) => (step ? `gradient norm ${loss(step.gradNorm)}` : "nats")],
  ["Current version", ({ training }) => (training.currentVersion === null ? "none yet" : String(training.currentVersion)), ({ servedVersion }) => (servedVersion === null ? "nothing answers yet" : `version ${servedVersion} answers`)],
  ["Held-out accuracy", ({ training }) => percent(training.lastEvaluation?.accuracy), ({ training }) => constant(training.lastEvaluation?.constantAccuracy)],
  ["Prequential accuracy", ({ training }) => percent(training.prequentialAccuracy), ({ training }) => constant(training.prequentialConstantAccuracy)],
  ["Lag", ({ training }) => count(training.lag), () => "records not trained yet"],
  ["Padding", ({ training }) => percent(training.paddingShare), () => "of the tokens trained"],
  ["Dead letters", ({ training }) => count(total(training.deadLetters)), ({ training }) => reasons(training.deadLetters)],
];

const constant = (accuracy) =>
  accuracy === null || accuracy === undefined ? "not scored yet" : `constant ${percent(accuracy)}`;
const replayed = ({ examples }) => (examples > 0 ? `, ${count(examples)} replayed` : "");
const total = (letters) => Object.values(letters).reduce((sum, n) => sum + n, 0);
const reasons = (letters) =>
  Object.entries(letters)
    .sort((a, b) => b[1] - a[1])
    .map(([reason, n]) => `${count(n)} ${reason.toLowerCase().replaceAll("_", " ")}`)
    .join(", ") || "no record refused";

function busy({ busySeconds, waitSeconds }) {
  const all = busySeconds + waitSeconds;
  return all > 0 ? percent(busySeconds / all) : "–";
}

const STATES = {
  standby: ["standby", "good"],
  starting: ["starting", "warn"],
  "learning-labels": ["learning labels", "warn"],
  training: ["training", "good"],
  idle: ["idle", "good"],
  "waiting-for-disk": ["waiting for room on the disk", "bad"],
  "waiting-for-commit": ["waiting for a commit", "warn"],
  failed: ["failed", "bad"],
  stopped: ["stopped", "bad"],
};

export class Tiles {
  constructor(root) {
    this.cells = TILES.map(([label]) => {
      const value = el("dd", { class: "value" }, "–");
      const note = el("dd", { class: "note" });
      root.append(el("div", {}, el("dt", {}, label), value, note));
      return { value, note };
    });
  }

  show(status, lastStep) {
    this.cells.forEach(({ value, note }, i) => {
      setText(value, TILES[i][1](status, lastStep));
      setText(note, TILES[i][2](status, lastStep));
      note.title = note.textContent;
    });
  }
}

/** The masthead: which model, in which state. */
export function showModel(status) {
  const { model, base, device, labels, state } = status.training;
  const at = (id) => document.getElementById(id);
  const [words, kind] = STATES[status.failure ? "failed" : state] ?? [state, "warn"];
  setText(at("model"), model);
  setText(at("base"), base);
  setText(at("device"), device);
  setText(at("labels"), labels.length === 0 ? "being learned" : labels.length <= 4 ? labels.join(", ") : plural(labels.length, "label"));
  at("labels").title = labels.join(", ");
  setText(at("state"), words);
  at("state").dataset.kind = kind;
  setText(at("failure"), status.failure ? `Training has stopped: ${status.failure}` : "");
  at("failure").hidden = !status.failure;
  document.title = `${model}: ${words} – Millrace`;
}
