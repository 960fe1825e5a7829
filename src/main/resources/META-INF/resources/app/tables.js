// The table of versions and the last evaluation.

import { bytes, count, day, el, loss, percent, plural, share, time } from "./format.js";

const MOST_LABELS_IN_MATRIX = 12;
const MOST_CONFUSIONS = 10;

const head = (...titles) =>
  el("thead", {}, el("tr", {}, titles.map(([title, kind]) => el("th", { scope: "col", class: kind }, title))));
const number = (text, ...more) => el("td", { class: "number" }, text, ...more);
const named = (name, cell) => {
  cell.dataset.name = name;
  return cell;
};
const beside = (text) => el("span", { class: "beside" }, text);

export function showVersions(root, versions, current) {
  if (versions.length === 0) {
    root.replaceChildren(el("p", { class: "empty" },
      "None yet. The first is published when the model beats a constant answer on enough held-out examples."));
    return;
  }
  const open = new Set([...root.querySelectorAll("details[open]")].map((details) => details.dataset.version));
  root.replaceChildren(el("table", {},
    el("caption", {}, "Newest first; old ones are removed by count, never the current one."),
    head(["Version"], ["Published"], ["Held-out accuracy", "number"], ["Held-out loss", "number"], ["Examples", "number"], ["Why", "decision"], ["Files", "files"]),
    el("tbody", {}, versions.map((version) => versionRow(version, current, open)))));
}

function versionRow(v, current, open) {
  const size = v.files.reduce((sum, file) => sum + file.size, 0);
  const path = (file) => `api/v1/versions/${v.version}/files/${encodeURIComponent(file.name)}`;
  return el("tr", {},
    el("th", { scope: "row" }, String(v.version),
      v.version === current ? el("span", { class: "tag" }, "current") : null,
      v.parent === null ? null : beside(`after ${v.parent}`)),
    el("td", { class: "when" }, time(v.createdAt)),
    named("Accuracy", number(percent(v.evaluation.accuracy), beside(`constant ${percent(v.evaluation.constantAccuracy)}`))),
    named("Loss", number(loss(v.evaluation.loss), v.parentEvaluation ? beside(`parent ${loss(v.parentEvaluation.loss)}`) : null)),
    named("Examples", number(count(v.provenance.examplesTrained), beside(`step ${count(v.provenance.step)}`))),
    el("td", { class: "decision" }, v.decision),
    el("td", { class: "files" },
      el("details", { "data-version": v.version, open: open.has(String(v.version)) },
        el("summary", {}, `${plural(v.files.length, "file")}, ${bytes(size)}`),
        el("ul", {}, v.files.map((file) =>
          el("li", {}, el("a", { href: path(file), download: file.name, title: `sha256 ${file.sha256}` }, file.name), el("span", {}, bytes(file.size))))))));
}

export function showEvaluation(root, evaluation) {
  if (!evaluation) {
    root.replaceChildren(el("p", { class: "empty" }, "Held-out examples are scored as training goes on."));
    return;
  }
  const { classes, confusion } = evaluation;
  const span = evaluation.oldest ? `, from ${day(evaluation.oldest)} to ${day(evaluation.newest)}` : "";
  root.replaceChildren(
    el("p", { class: "hint" },
      `${plural(evaluation.examples, "held-out example")}${span}: accuracy ${percent(evaluation.accuracy)} `
      + `(constant ${percent(evaluation.constantAccuracy)}), macro-F1 ${percent(evaluation.macroF1)}, `
      + `loss ${loss(evaluation.loss)} (class frequencies ${loss(evaluation.priorLoss)})`),
    scrolled("Scores by label", classTable(classes)),
    scrolled("Confusions", classes.length <= MOST_LABELS_IN_MATRIX ? matrix(classes, confusion) : largest(classes, confusion)));
}

const scrolled = (label, table) =>
  el("div", { class: "scroll tall", tabindex: 0, role: "region", "aria-label": label }, table);

const classTable = (classes) => el("table", {},
  el("caption", {}, "By label"),
  head(["Label"], ["Examples", "number"], ["Precision", "number"], ["Recall", "number"], ["F1", "number"]),
  el("tbody", {}, classes.map((c) => el("tr", {},
    el("th", { scope: "row" }, c.label),
    number(count(c.support)), number(percent(c.precision)), number(percent(c.recall)), number(percent(c.f1))))));

const matrix = (classes, confusion) => el("table", { class: "matrix" },
  el("caption", {}, "Confusion matrix: rows are the true label, columns the predicted one"),
  el("thead", {}, el("tr", {}, el("td", { class: "corner" }), classes.map((c) => el("th", { scope: "col" }, c.label)))),
  el("tbody", {}, classes.map((c, row) => el("tr", {},
    el("th", { scope: "row" }, c.label),
    confusion[row].map((n, column) =>
      share(el("td", { "data-own": row === column }, count(n)), c.support ? n / c.support : 0))))));

function largest(classes, confusion) {
  const pairs = confusion
    .flatMap((row, i) => row.map((n, j) => ({ n, from: classes[i], to: classes[j].label, own: i === j })))
    .filter(({ n, own }) => n > 0 && !own)
    .sort((a, b) => b.n - a.n)
    .slice(0, MOST_CONFUSIONS);
  if (pairs.length === 0) {
    return el("p", { class: "hint" }, "Nothing is confused.");
  }
  return el("table", {},
    el("caption", {}, "Largest confusions"),
    head(["True label"], ["Predicted as"], ["Examples", "number"], ["Of the label", "number"]),
    el("tbody", {}, pairs.map(({ n, from, to }) => el("tr", {},
      el("th", { scope: "row" }, from.label), el("td", {}, to), number(count(n)), number(percent(n / from.support))))));
}
