// The page: loads the history, then follows the events. Start reading here.

import { Chart, accuracyChart, lossChart } from "./app/charts.js";
import { Curves } from "./app/curves.js";
import { loss, percent, setText } from "./app/format.js";
import { Live, json } from "./app/live.js";
import { showEvaluation, showVersions } from "./app/tables.js";
import { Tiles, showModel } from "./app/tiles.js";
import { tryBox } from "./app/try.js";

const DRAW_EVERY_MS = 400;

const at = (id) => document.getElementById(id);
const curves = new Curves();
const tiles = new Tiles(at("tiles"));
const charts = {
  loss: new Chart(at("loss"), lossChart, () => curves.marks()),
  accuracy: new Chart(at("accuracy"), accuracyChart, () => curves.marks()),
};
const shown = { status: null, lastStep: null, versions: [], versionsKey: null, evaluationKey: null };
let drawing = null;

function draw() {
  const { status, lastStep } = shown;
  const evaluation = status?.training.lastEvaluation;
  charts.loss.show(curves.lossColumns(),
    `Loss by training step: training ${loss(status?.training.loss)}, held-out ${loss(evaluation?.loss)}`);
  charts.accuracy.show(curves.accuracyColumns(),
    `Accuracy by training step: held-out ${percent(evaluation?.accuracy)}, `
    + `prequential ${percent(status?.training.prequentialAccuracy)}, constant ${percent(evaluation?.constantAccuracy)}`);
  if (status) {
    showModel(status);
    tiles.show(status, lastStep);
    drawTables(status);
  }
}

/** Tables are rebuilt only when they change: an open list of files or a selection stays. */
function drawTables({ training }) {
  const versionsKey = JSON.stringify([training.currentVersion, shown.versions.map((v) => [v.version, v.createdAt])]);
  if (versionsKey !== shown.versionsKey) {
    shown.versionsKey = versionsKey;
    showVersions(at("versions"), shown.versions, training.currentVersion);
  }
  const evaluationKey = JSON.stringify(training.lastEvaluation);
  if (evaluationKey !== shown.evaluationKey) {
    shown.evaluationKey = evaluationKey;
    showEvaluation(at("evaluation"), training.lastEvaluation);
  }
}

function drawSoon() {
  drawing ??= setTimeout(() => {
    drawing = null;
    draw();
  }, DRAW_EVERY_MS);
}

async function loadVersions() {
  shown.versions = await json("api/v1/versions");
}

function markVersions() {
  shown.versions.forEach((v) => curves.mark(v.version, v.provenance.step));
}

async function reload() {
  const [history, status] = await Promise.all([
    json("api/v1/metrics/history"), json("api/v1/status"), loadVersions(),
  ]);
  curves.load(history);
  markVersions();
  shown.status = status;
  draw();
}

const receivers = {
  step(record) {
    shown.lastStep = record;
    curves.addStep(record);
  },
  evaluation(record) {
    curves.addEvaluation(record);
  },
  version(version) {
    setText(at("announcer"),
      `Version ${version.version} is published: held-out accuracy ${percent(version.evaluation.accuracy)}`);
    loadVersions().then(markVersions).then(drawSoon, () => {});
  },
  status(status) {
    shown.status = status;
  },
};

function receive(name, data) {
  receivers[name](data);
  drawSoon();
}

function connection(connected) {
  setText(at("connection"), connected ? "live" : "reconnecting…");
  document.body.classList.toggle("stale", !connected);
}

tryBox(at("try"), at("answer"));
new Live(reload, receive, connection);
