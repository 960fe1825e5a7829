// Sentences that several parts of the page need.

import { number } from "./format.js";

const CHANGED = {
  ADWIN: "the prequential loss has risen",
  PAGE_HINKLEY: "the prequential loss has risen",
  LABELS: "the mix of labels has changed",
  TEXTS: "the texts have changed",
};

const ACTIONS = {
  ALERT: "nothing follows",
  REWARM: "the learning rate starts over",
  RAISE_REPLAY: "replay is raised",
  SHORTEN_WINDOW: "the older half of the held-out window leaves",
};

/** What has changed, by a signal of drift. */
export const changeWords = ({ detector }) => CHANGED[detector] ?? detector;

/** What a signal of drift says. */
export function driftWords({ detector, level, statistic, threshold, actions }) {
  const follows = actions.map((action) => ACTIONS[action] ?? action);
  return `${level === "DRIFT" ? "drift" : "drift warning"}: ${changeWords({ detector })} `
    + `(${detector.toLowerCase().replaceAll("_", "-")} ${number(statistic)}, threshold ${number(threshold)})`
    + (follows.length ? `; ${follows.join(", ")}` : "");
}

export const reasonWords = (reason) => reason.toLowerCase().replaceAll("_", " ");
