// The box that asks the current version.

import { el, percent, share } from "./format.js";
import { json } from "./live.js";

const MOST_LABELS = 6;

export function tryBox(form, answer) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    const pair = form.elements.pair.value.trim();
    button.disabled = true;
    try {
      const body = { text: form.elements.text.value, ...(pair ? { text_pair: pair } : {}) };
      show(answer, await json("api/v1/predict", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      }));
    } catch (error) {
      answer.replaceChildren(el("p", { class: "wrong" }, error.message));
    } finally {
      button.disabled = false;
    }
  });
  form.elements.text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      form.requestSubmit();
    }
  });
}

function show(answer, { version, predictions: [prediction] }) {
  const bars = Object.entries(prediction.probabilities).slice(0, MOST_LABELS).flatMap(([label, p]) => [
    el("span", {}, label),
    el("span", { class: "track", "aria-hidden": "true" }, share(el("div", { class: "fill" }), p)),
    el("span", {}, percent(p)),
  ]);
  answer.replaceChildren(
    el("p", {}, el("strong", {}, prediction.label), ` ${percent(prediction.probability)}, by version ${version}`),
    el("div", { class: "bars" }, bars));
}
