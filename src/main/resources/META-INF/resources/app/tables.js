// The champion's scores, and the lists of what happened.

import { arrange, clock, count, day, el, interval, loss, percent, plural, share, time } from "./format.js";
import { driftWords, reasonWords } from "./words.js";

const MOST_LABELS_IN_MATRIX = 12;
const MOST_CONFUSIONS = 10;
const MOST_ROWS = 50;

export const head = (...titles) =>
  el("thead", {}, el("tr", {}, titles.map(([title, kind]) => el("th", { scope: "col", class: kind }, title))));
export const number = (text, ...more) => el("td", { class: "number" }, text, ...more);

/** A box for a table that may be long. One that is in root already is filled anew: who reads in it stays there. */
function scrolled(root, label, table) {
  const box = [...root.children].find((child) => child.getAttribute("aria-label") === label);
  const before = box?.querySelector("table");
  if (before && before.className === table.className) {
    before.replaceChildren(...table.children);
    return box;
  }
  return el("div", { class: "scroll tall", tabindex: 0, role: "region", "aria-label": label }, table);
}
const beside = (text) => el("span", { class: "beside" }, text);
const happened = ({ time: when, step }) => el("td", { class: "when" }, time(when, clock), beside(`step ${count(step)}`));
const empty = (text) => el("p", { class: "empty" }, text);

/**
 * The current version's scores: at the last evaluation, on the examples that candidates are compared
 * on, where there was one since; else at its publication.
 */
export function champion(version, last) {
  if (!version) {
    return null;
  }
  if (last?.championVersion === version.version && last.published === null && last.champion) {
    return { version: version.version, evaluation: last.champion, when: last.time, at: "the last evaluation" };
  }
  return { version: version.version, evaluation: version.evaluation, when: version.createdAt, at: "its publication" };
}

export function showChampion(root, found, last) {
  const parts = [];
  if (found) {
    const { evaluation, version, at, when } = found;
    const { classes, confusion } = evaluation;
    const span = evaluation.oldest ? `, from ${day(evaluation.oldest)} to ${day(evaluation.newest)}` : "";
    parts.push(
      el("p", { class: "hint" },
        `Version ${version} at ${at}, ${clock(when)}, on ${plural(evaluation.examples, "held-out example")}${span}: `
        + `accuracy ${percent(evaluation.accuracy)} (${interval(evaluation.quality.accuracyInterval)}, constant ${percent(evaluation.constantAccuracy)}), `
        + `macro-F1 ${percent(evaluation.macroF1)}${within(evaluation.quality.bootstrap.macroF1)}, loss ${loss(evaluation.loss)} (class frequencies ${loss(evaluation.priorLoss)}).`));
    parts.push(
      scrolled(root, "Scores by label", classTable(classes)),
      scrolled(root, "Confusions", classes.length <= MOST_LABELS_IN_MATRIX ? matrix(classes, confusion) : largest(classes, confusion)));
  } else {
    parts.push(empty("No version yet."));
  }
  if (last) {
    parts.splice(1, 0, el("p", { class: "hint" },
      `The weights in training, ${clock(last.time)}: accuracy ${percent(last.candidate.accuracy)} on ${plural(last.candidate.examples, "held-out example")}, loss ${loss(last.candidate.loss)}${forgetting(last.golden)}. ${sentence(last.decision)}`));
  }
  arrange(root, ...parts);
}

const forgetting = (golden) => (golden ? `; ${percent(golden.accuracy)} of ${plural(golden.examples, "golden example")} right` : "");

const within = (limits) => (interval(limits) ? ` (${interval(limits)})` : "");

const sentence = (words) => words.charAt(0).toUpperCase() + words.slice(1) + (words.endsWith(".") ? "" : ".");

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

/** The curves in words: each evaluation, and what the gate made of it. */
export function showDecisions(root, evaluations) {
  const shown = evaluations.toReversed();
  arrange(root, shown.length === 0
    ? empty("Held-out examples are scored as training goes on.")
    : scrolled(root, "Gate decisions", el("table", {},
        el("caption", {}, `The last ${plural(shown.length, "evaluation")}, newest first`),
        head(["When"], ["Held-out accuracy"], ["Decision"]),
        el("tbody", {}, shown.map((point) => el("tr", { "data-outcome": point.outcome },
          happened(point),
          el("td", {}, percent(point.accuracy),
            beside(interval({ low: point.accuracyLow, high: point.accuracyHigh })), beside(`loss ${loss(point.loss)}`),
            point.goldenExamples > 0 ? beside(`golden set ${percent(point.goldenAccuracy)}`) : null),
          el("td", { class: "wide" }, point.published === null ? null : el("span", { class: "tag" }, `version ${point.published}`), point.decision)))))));
}

export function showDrift(root, drifts) {
  const shown = drifts.slice(-MOST_ROWS).reverse();
  arrange(root, shown.length === 0
    ? empty("No signal of drift since this page knows the service.")
    : scrolled(root, "Signals of drift", el("table", {},
        el("caption", {}, "Newest first"),
        head(["When"], ["Signal"]),
        el("tbody", {}, shown.map((record) => el("tr", { "data-level": record.signal.level },
          happened(record),
          el("td", { class: "wide" }, driftWords(record.signal))))))));
}

export function showDeadLetters(root, { counts, recent }) {
  const reasons = Object.entries(counts).sort((a, b) => b[1] - a[1]);
  if (reasons.length === 0) {
    arrange(root, empty("No record was refused."));
    return;
  }
  const shown = recent.slice(0, MOST_ROWS);
  arrange(root,
    el("p", { class: "hint" },
      `Refused since the base model: ${reasons.map(([reason, n]) => `${count(n)} ${reasonWords(reason)}`).join(", ")}.`),
    shown.length === 0
      ? empty("None was sent to the dead-letter topic since the service started.")
      : scrolled(root, "Dead letters", el("table", {},
          el("caption", {}, `The last ${plural(shown.length, "record")} on the dead-letter topic, newest first`),
          head(["Sent"], ["Record and reason"]),
          el("tbody", {}, shown.map((letter) => el("tr", {},
            el("td", {}, time(letter.sent, clock)),
            el("td", { class: "wide" }, `${letter.topic}-${letter.partition}@${letter.offset}, ${reasonWords(letter.reason)}`,
              beside(letter.detail),
              letter.value === null ? null : el("code", {}, letter.value))))))));
}
