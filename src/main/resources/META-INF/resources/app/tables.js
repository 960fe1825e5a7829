// The champion's scores, and the lists of what happened.

import { arrange, clock, count, day, el, interval, loss, percent, plural, share, time } from "./format.js";
import { driftWords, reasonWords } from "./words.js";

export const MOST_LABELS_IN_MATRIX = 12;
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

/**
 * @param confusions of that version at the last evaluation, once they are loaded
 */
export function showChampion(root, found, last, confusions) {
  const parts = [];
  if (found) {
    const { evaluation, version, at, when } = found;
    const { classes } = evaluation;
    const confused = evaluation.confusion.length > 0 ? ofVersion(evaluation) : confusions?.version === version ? confusions : null;
    const span = evaluation.oldest ? `, from ${day(evaluation.oldest)} to ${day(evaluation.newest)}` : "";
    parts.push(
      el("p", { class: "hint" },
        `Version ${version} at ${at}, ${clock(when)}, on ${plural(evaluation.examples, "held-out example")}${span}: `
        + `accuracy ${percent(evaluation.accuracy)} (${interval(evaluation.quality.accuracyInterval)}, constant ${percent(evaluation.constantAccuracy)}), `
        + `macro-F1 ${percent(evaluation.macroF1)}${within(evaluation.quality.bootstrap.macroF1)}, loss ${loss(evaluation.loss)} (class frequencies ${loss(evaluation.priorLoss)}).`));
    parts.push(
      scrolled(root, "Scores by label", classTable(classes, evaluation.confusion.length > 0)));
    if (confused) {
      parts.push(scrolled(root, "Confusions",
        confused.matrix && confused.labels.length <= MOST_LABELS_IN_MATRIX ? matrix(confused) : largest(confused.top)));
    }
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

const classTable = (classes, all) => el("table", {},
  el("caption", {}, all || classes.length < MOST_ROWS ? "By label" : `By label: the ${MOST_ROWS} with the most examples`),
  head(["Label"], ["Examples", "number"], ["Precision", "number"], ["Recall", "number"], ["F1", "number"]),
  el("tbody", {}, classes.map((c) => el("tr", {},
    el("th", { scope: "row" }, c.label),
    number(count(c.support)), number(percent(c.precision)), number(percent(c.recall)), number(percent(c.f1))))));

const matrix = ({ labels, matrix: rows }) => el("table", { class: "matrix" },
  el("caption", {}, "Confusion matrix: rows are the true label, columns the predicted one"),
  el("thead", {}, el("tr", {}, el("td", { class: "corner" }), labels.map((label) => el("th", { scope: "col" }, label)))),
  el("tbody", {}, rows.map((cells, row) => el("tr", {},
    el("th", { scope: "row" }, labels[row]),
    cells.map((n, column) =>
      share(el("td", { "data-own": row === column }, count(n)), n > 0 ? n / sum(cells) : 0))))));

const sum = (numbers) => numbers.reduce((all, n) => all + n, 0);

/** What a version's description says, in the form of the endpoint. */
function ofVersion({ classes, confusion }) {
  const labels = classes.map(({ label }) => label);
  const top = confusion
    .flatMap((row, i) => row.map((examples, j) => ({
      label: labels[i], predicted: labels[j], examples, support: classes[i].support, own: i === j })))
    .filter(({ examples, own }) => examples > 0 && !own)
    .sort((a, b) => b.examples - a.examples)
    .slice(0, MOST_CONFUSIONS);
  return { labels, matrix: confusion, top };
}

function largest(pairs) {
  if (pairs.length === 0) {
    return el("p", { class: "hint" }, "Nothing is confused.");
  }
  return el("table", {},
    el("caption", {}, "Largest confusions"),
    head(["True label"], ["Predicted as"], ["Examples", "number"], ["Of the label", "number"]),
    el("tbody", {}, pairs.map(({ label, predicted, examples, support }) => el("tr", {},
      el("th", { scope: "row" }, label), el("td", {}, predicted), number(count(examples)), number(percent(examples / support))))));
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
