// The box that asks the current version, and the one before it.

import { post } from "./access.js";
import { el, percent, share } from "./format.js";

const MOST_LABELS = 6;

/** @param hasPrevious tells whether there is a version before the current one */
export function tryBox(form, answer, hasPrevious) {
  let asking = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (asking) {
      return;
    }
    const button = form.querySelector("button");
    const pair = form.elements.pair.value.trim();
    const body = { text: form.elements.text.value, ...(pair ? { text_pair: pair } : {}) };
    const by = (version) => post("api/v1/predict", body, { "Millrace-Version": version });
    asking = true;
    button.setAttribute("aria-disabled", "true"); // disabled, it would lose the focus
    try {
      const [current, previous] = await Promise.allSettled(
        hasPrevious() ? [by("current"), by("previous")] : [by("current")]);
      if (current.status === "rejected") {
        throw current.reason;
      }
      show(answer, [current.value, previous?.value].filter(Boolean), previous?.reason);
    } catch (error) {
      answer.replaceChildren(el("p", { class: "wrong" }, error.message));
    } finally {
      asking = false;
      button.removeAttribute("aria-disabled");
    }
  });
  form.elements.text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      form.requestSubmit();
    }
  });
}

function show(answer, answers, problem) {
  const shown = answers.map(({ version, predictions: [prediction] }) => ({ version, ...prediction }));
  const [current, previous] = shown;
  const verdict = !previous || previous.label === current.label ? "" : `; version ${previous.version} said ${previous.label}`;
  const labels = [...new Set(shown.flatMap(({ probabilities }) =>
    Object.entries(probabilities).sort((a, b) => b[1] - a[1]).slice(0, MOST_LABELS).map(([label]) => label)))];
  answer.replaceChildren(
    el("p", {}, el("strong", {}, current.label), ` ${percent(current.probability)}, by version ${current.version}${verdict}`),
    el("table", {},
      el("caption", {}, "Probabilities by label"),
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Label"), shown.map(({ version }, i) =>
        el("th", { scope: "col" }, `Version ${version}, ${i === 0 ? "current" : "previous"}`)))),
      el("tbody", {}, labels.map((label) => el("tr", {}, el("th", { scope: "row" }, label),
        shown.map(({ probabilities }) => bar(probabilities[label])))))));
  if (problem) {
    answer.append(el("p", { class: "hint" }, `The previous version does not answer: ${problem.message}`));
  }
}

const bar = (p) => el("td", {}, el("span", { class: "bar" },
  el("span", { class: "track", "aria-hidden": "true" }, share(el("span", { class: "fill" }), p ?? 0)), percent(p)));
