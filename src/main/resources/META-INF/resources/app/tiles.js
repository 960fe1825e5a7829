// The figures at the top.

import { age, bytes, clock, count, el, interval, loss, percent, plural, rate, setText } from "./format.js";
import { changeWords, reasonWords } from "./words.js";

const TILES = [
  ["Examples trained", ({ training }) => count(training.examplesTrained), ({ training }) => `step ${count(training.step)}${replayed(training.replay)}`],
  ["Examples per second", ({ training }) => rate(training.examplesPerSecond), () => "over the last minute"],
  ["Tokens per second", ({ training }) => rate(training.tokensPerSecond), ({ training }) => `training thread busy ${busy(training)}`],
  ["Lag", ({ training }) => count(training.lag), () => "records not trained yet"],
  ["Padding", ({ training }) => percent(training.paddingShare), () => "of the tokens trained"],
  ["Memory", ({ memory }) => (memory.resident ? bytes(memory.resident) : bytes(memory.heapCommitted)), ({ memory, deviceMemory }) => `${gpu(deviceMemory)}${memory.resident ? `${bytes(memory.resident - memory.heapCommitted)} of it native, ` : ""}heap ${bytes(memory.heapUsed)} of ${bytes(memory.heapMax)}`],
  ["Current version", ({ training }) => (training.currentVersion === null ? "none yet" : String(training.currentVersion)), (status, { current }) => [answers(status), current ? `${age(current.createdAt, status.time)} old` : ""].filter(Boolean).join(", ")],
  ["Held-out accuracy", ({ training }, { current }) => percent((training.lastEvaluation ?? current?.evaluation)?.accuracy), ({ training }, { current }) => heldOut(training.lastEvaluation, current)],
  ["Prequential accuracy", ({ training }) => percent(training.prequentialAccuracy), ({ training }) => constant(training.prequentialConstantAccuracy)],
  ["Training loss", ({ training }) => loss(training.loss), (_, { lastStep }) => (lastStep ? `gradient norm ${loss(lastStep.gradNorm)}` : "nats")],
  ["Drift", (_, { drift }) => (drift ? clock(drift.time) : "none"), (_, { drift }) => (drift ? `${drift.signal.level === "DRIFT" ? "" : "warning: "}${changeWords(drift.signal)}` : "no signal since the start")],
  ["Dead letters", ({ training }) => count(total(training.deadLetters)), ({ training }) => reasons(training.deadLetters)],
];

const gpu = (memory) => (memory ? `GPU ${bytes(memory.used)} of ${bytes(memory.total)}; ` : "");
const constant = (accuracy) =>
  accuracy === null || accuracy === undefined ? "not scored yet" : `constant ${percent(accuracy)}`;
const scores = ({ quality, constantAccuracy }) => `${interval(quality.accuracyInterval)}, ${constant(constantAccuracy)}`;
/** Behind a restart there was no evaluation yet, but the current version had one. */
const heldOut = (evaluation, current) =>
  evaluation ? scores(evaluation)
    : current ? `version ${current.version} at its publication, ${scores(current.evaluation)}` : constant(null);
const answers = ({ servedVersion, training }) =>
  servedVersion === null ? "nothing answers yet"
    : servedVersion === training.currentVersion ? "" : `version ${servedVersion} answers`;
const replayed = ({ examples }) => (examples > 0 ? `, ${count(examples)} replayed` : "");
const total = (letters) => Object.values(letters).reduce((sum, n) => sum + n, 0);
const reasons = (letters) =>
  Object.entries(letters)
    .sort((a, b) => b[1] - a[1])
    .map(([reason, n]) => `${count(n)} ${reasonWords(reason)}`)
    .join(", ") || "no record refused";

function busy({ busySeconds, waitSeconds }) {
  const all = busySeconds + waitSeconds;
  return all > 0 ? percent(busySeconds / all) : "–";
}

const STATES = {
  standby: ["standby", "good"],
  starting: ["starting", "warn"],
  serving: ["replica, answers only", "good"],
  "learning-labels": ["learning labels", "warn"],
  training: ["training", "good"],
  idle: ["idle", "good"],
  paused: ["paused", "warn"],
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

  /** @param more what the status does not tell: lastStep, current version, drift */
  show(status, more) {
    this.cells.forEach(({ value, note }, i) => {
      setText(value, TILES[i][1](status, more));
      setText(note, TILES[i][2](status, more));
    });
  }
}

/** What it takes for a problem to end. */
const OUTLOOKS = {
  RETRIES: "tried again by itself",
  WAITS_FOR_OPERATOR: "waits for somebody to act",
  REFUSED: "does not go on by itself",
};

const sentence = (text) => text.endsWith(".") ? text : `${text}.`;

/** What is wrong, in the service's words. */
const problems = ({ failure, problems }) => [
  ...problems.map(({ place, outlook, cause, remedy, since }) =>
    `${place}, ${OUTLOOKS[outlook] ?? outlook}, since ${new Date(since).toLocaleString()}: ${sentence(cause)} ${sentence(remedy)}`),
  failure ? `Training has stopped: ${failure}` : "",
].filter(Boolean).join("\n");

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
  setText(at("failure"), problems(status));
  at("failure").hidden = problems(status) === "";
  document.title = `${model}: ${words} – Millrace`;
}
