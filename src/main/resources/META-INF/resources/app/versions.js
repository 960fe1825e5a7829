// The table of versions.

import { bytes, count, el, interval, keepingFocus, loss, percent, plural, time } from "./format.js";
import { head, number } from "./tables.js";

const STANDINGS = { CURRENT: "current", ROLLED_BACK: "rolled back" };

const named = (name, cell) => {
  cell.dataset.name = name;
  return cell;
};
const beside = (text) => el("span", { class: "beside" }, text);

/**
 * @param may whether files may be downloaded, and whether one can roll back
 * @param on what follows a click: rollBack(version), download(path, name)
 */
export function showVersions(root, versions, may, on) {
  if (versions.length === 0) {
    root.replaceChildren(el("p", { class: "empty" },
      "None yet. The first is published when the model beats a constant answer on enough held-out examples."));
    return;
  }
  const open = new Set([...root.querySelectorAll("details[open]")].map((details) => details.dataset.key));
  keepingFocus(root, () => root.replaceChildren(el("table", {},
    el("caption", {}, "Newest first. Old ones are removed by count, never the current one."),
    head(["Version"], ["Published"], ["Held-out accuracy", "number"], ["Held-out loss", "number"], ["Examples", "number"], ["Why", "decision"], ["Lineage and files", "files"]),
    el("tbody", {}, versions.map((version) => row(version, may, on, open))))));
}

function row(v, may, on, open) {
  const { evaluation, provenance } = v;
  return el("tr", { "data-standing": v.standing },
    el("th", { scope: "row" }, `${v.version} `,
      STANDINGS[v.standing] ? el("span", { class: "tag" }, STANDINGS[v.standing]) : null,
      v.parent === null ? null : beside(`after ${v.parent}`),
      v.restorable && v.standing !== "CURRENT" ? rollBack(v, may, on) : null),
    el("td", { class: "when" }, time(v.createdAt)),
    named("Accuracy", number(percent(evaluation.accuracy), beside(interval(evaluation.quality.accuracyInterval)), beside(`constant ${percent(evaluation.constantAccuracy)}`))),
    named("Loss", number(loss(evaluation.loss), v.parentEvaluation ? beside(`parent ${loss(v.parentEvaluation.loss)}`) : null)),
    named("Examples", number(count(provenance.examplesTrained), beside(`step ${count(provenance.step)}`))),
    el("td", { class: "decision" }, v.decision),
    el("td", { class: "files" }, lineage(v, open), files(v, may, on, open)));
}

function rollBack(v, may, on) {
  const button = el("button", {
    type: "button", class: "small", "data-key": `roll-back ${v.version}`,
    "aria-label": `Roll back to version ${v.version}`,
    "aria-disabled": may.control ? null : "true",
    "aria-describedby": may.control ? null : "control-problem",
  }, "Roll back to it");
  button.addEventListener("click", () => on.rollBack(v));
  return button;
}

function folded(key, open, summary, ...content) {
  return el("details", { "data-key": key, open: open.has(key) }, el("summary", { "data-key": `${key} summary` }, summary), ...content);
}

function lineage(v, open) {
  const { offsets, labelCounts, replayed, base, chunks } = v.provenance;
  const item = (name, value) => [el("dt", {}, name), el("dd", {}, value)];
  const labels = Object.entries(labelCounts).map(([label, n]) => `${label} ${count(n)}`).join(", ");
  return folded(`lineage ${v.version}`, open, `Lineage of ${v.version}`,
    el("dl", { class: "lineage" },
      item("Parent", v.parent === null ? `the base, ${base}` : `version ${v.parent}`),
      Object.entries(offsets).map(([partition, { from, to }]) => item(partition, `offsets ${count(from)} to ${count(to - 1)}`)),
      labels ? item("Trained", labels) : null,
      replayed ? item("Replayed", count(replayed.examples)) : null,
      chunks === null ? null : item("Chunks", count(chunks)),
      v.addedLabels.length ? item("New labels", v.addedLabels.join(", ")) : null));
}

function files(v, may, on, open) {
  const size = v.files.reduce((sum, file) => sum + file.size, 0);
  return folded(`files ${v.version}`, open, `${plural(v.files.length, "file")}, ${bytes(size)}`,
    may.download ? null : el("p", { class: "hint" }, "Downloads need a key."),
    el("ul", {}, v.files.map((file) => el("li", {}, link(v, file, may, on), el("span", {}, bytes(file.size))))));
}

function link(v, file, may, on) {
  const title = `sha256 ${file.sha256}`;
  if (!may.download) {
    return el("span", { title }, file.name);
  }
  const path = `api/v1/versions/${v.version}/files/${encodeURIComponent(file.name)}`;
  const anchor = el("a", { href: path, download: file.name, title, "data-key": path }, file.name);
  if (may.known) { // a link of its own sends no key
    anchor.addEventListener("click", (event) => {
      event.preventDefault();
      on.download(path, file.name);
    });
  }
  return anchor;
}
