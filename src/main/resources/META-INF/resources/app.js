// The page: loads the history, then follows the events. Start reading here.

import { access, ask, json } from "./app/access.js";
import { Chart, accuracyChart, lossChart } from "./app/charts.js";
import { Control } from "./app/control.js";
import { Curves } from "./app/curves.js";
import { loss, percent, setText } from "./app/format.js";
import { Live } from "./app/live.js";
import { Lane, marksOf } from "./app/marks.js";
import { MOST_LABELS_IN_MATRIX, champion, showChampion, showDeadLetters, showDecisions, showDrift } from "./app/tables.js";
import { Tiles, showModel } from "./app/tiles.js";
import { tryBox } from "./app/try.js";
import { showVersions } from "./app/versions.js";
import { driftWords } from "./app/words.js";

const DRAW_EVERY_MS = 400;

const at = (id) => document.getElementById(id);
const shown = {
  status: null, access: null, lastStep: null, lastEvaluation: null, versions: [], letters: { counts: {}, recent: [] },
  confusions: null,
};
const curves = new Curves();
const tiles = new Tiles(at("tiles"));
const lane = new Lane(at("marks"), at("mark-words"));
const control = new Control(() => live.again());
let marks = [];
/** Exported so that a test can see what is drawn. */
export const charts = {
  loss: new Chart(at("loss"), lossChart, curves, () => marks),
  accuracy: new Chart(at("accuracy"), accuracyChart, curves, () => marks, (plot) => lane.show(marks, plot)),
};
let drawing = null;

const current = () => shown.versions.find(({ standing }) => standing === "CURRENT");

function draw() {
  const { status, lastStep } = shown;
  if (!status || document.hidden) {
    return; // a tab that nobody sees costs nothing; it is drawn when it is looked at
  }
  const { training } = status;
  const evaluation = training.lastEvaluation;
  curves.arrange();
  marks = marksOf(curves, shown.versions);
  charts.loss.show(curves.lossColumns(),
    `Loss by training step: training ${loss(training.loss)}, held-out ${loss(evaluation?.loss)}`);
  charts.accuracy.show(curves.accuracyColumns(),
    `Accuracy by training step: held-out ${percent(evaluation?.accuracy)}, `
    + `prequential ${percent(training.prequentialAccuracy)}, constant ${percent(evaluation?.constantAccuracy)}`);
  showModel(status);
  control.show(status, shown.access);
  tiles.show(status, { lastStep, current: current(), drift: curves.drifts.at(-1) });
  drawTables();
}

const keys = new Map();

/** Tables are rebuilt only when they change: an open list of files or a selection stays. */
function ifChanged(id, values, show) {
  const key = JSON.stringify(values);
  if (keys.get(id) !== key) {
    keys.set(id, key);
    show(at(id));
  }
}

function drawTables() {
  const { versions, lastEvaluation, letters } = shown;
  const may = { control: control.allowed, download: shown.access.download, known: shown.access.known };
  ifChanged("versions", [may, versions.map((v) => [v.version, v.createdAt, v.standing, v.restorable])], (root) =>
    showVersions(root, versions, may, { rollBack, download }));
  const found = champion(current(), lastEvaluation);
  ifChanged("champion", [found?.version, found?.when, lastEvaluation?.time, shown.confusions?.time], (root) =>
    showChampion(root, found, lastEvaluation, shown.confusions?.champion));
  ifChanged("decisions", [curves.recentEvaluations.length, curves.recentEvaluations.at(-1)], (root) =>
    showDecisions(root, curves.recentEvaluations));
  ifChanged("drift", [curves.drifts.length, curves.drifts.at(-1)], (root) => showDrift(root, curves.drifts));
  ifChanged("dead-letters", letters, (root) => showDeadLetters(root, letters));
}

function rollBack(version) {
  control.rollBack(version, current()?.version);
}

async function download(path, name) {
  try {
    const file = URL.createObjectURL(await (await ask(path, {}, true)).blob());
    Object.assign(document.createElement("a"), { href: file, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(file), 60_000);
  } catch (error) {
    control.say(`${name}: ${error.message}`);
  }
}

function drawSoon() {
  drawing ??= setTimeout(() => {
    drawing = null;
    draw();
  }, DRAW_EVERY_MS);
}

/** What no event carries; a failure is the connection's, which asks for everything again. */
function loading(name, path) {
  return json(path).then((value) => {
    shown[name] = value;
    drawSoon();
  });
}

const loadVersions = () => loading("versions", "api/v1/versions");
/** The matrix grows with the square of the labels: it is asked for only where it is shown. */
const loadConfusions = () => loading("confusions",
  `api/v1/evaluations/latest/confusion?matrix=${(shown.status?.training.labels.length ?? 0) <= MOST_LABELS_IN_MATRIX}`);
const loadLetters = () => loading("letters", "api/v1/dead-letters");
const quietly = (promise) => promise.catch(() => {});

async function reload() {
  const [history, status, may] = await Promise.all([
    json("api/v1/metrics/history"), json("api/v1/status"), access(), loadVersions(), loadLetters(),
  ]);
  curves.load(history);
  Object.assign(shown, { status, access: may });
  shown.lastEvaluation = history.lastEvaluation ?? shown.lastEvaluation;
  if (history.lastEvaluation) {
    await quietly(loadConfusions());
  }
  draw();
}

const announce = (words) => setText(at("announcer"), words);

const receivers = {
  step(record) {
    shown.lastStep = record;
    curves.addStep(record);
  },
  evaluation(record) {
    shown.lastEvaluation = record;
    quietly(loadConfusions());
    curves.addEvaluation(record);
  },
  drift(record) {
    curves.addDrift(record);
    announce(driftWords(record.signal));
  },
  command(record) {
    curves.addCommand(record);
    control.answered(record);
  },
  version({ version, evaluation }) {
    const isNew = shown.versions.every((one) => one.version < version);
    announce(isNew
      ? `Version ${version} is published: held-out accuracy ${percent(evaluation.accuracy)}`
      : `Version ${version} is current again`);
    quietly(loadVersions());
  },
  status(status) {
    const before = shown.status?.training;
    shown.status = status;
    const { deadLetters, lastCheckpoint, currentVersion } = status.training;
    if (before && (before.lastCheckpoint !== lastCheckpoint || JSON.stringify(before.deadLetters) !== JSON.stringify(deadLetters))) {
      quietly(loadLetters());
    }
    if (before && before.currentVersion !== currentVersion) {
      quietly(loadVersions());
    }
  },
};

function receive(name, data) {
  receivers[name]?.(data);
  drawSoon();
}

function changed(problem) {
  document.body.classList.toggle("stale", problem !== null);
  setText(at("connection"), problem === null ? "live" : "reconnecting…");
  setText(at("connection-problem"), problem?.status ? problem.message : "");
  if (problem?.status === 401) {
    at("key-form").hidden = false;
  }
}

tryBox(at("try"), at("answer"), () => current()?.parent != null);
document.addEventListener("visibilitychange", drawSoon);
const live = new Live(reload, receive, changed);
