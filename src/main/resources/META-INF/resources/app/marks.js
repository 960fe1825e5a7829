// What happened, as marks: lines on the charts, and a lane of buttons below them, whose words show
// on hover and focus. Arrow keys move along the lane. Near marks share a button.

import { clock, el, plural, setText } from "./format.js";
import { driftWords } from "./words.js";

const NEAR_PX = 26;

/** The most important first: it names a button that stands for several. */
const KINDS = ["rolled-back", "drift", "version", "restart", "warning", "command", "held"];
const SIGNS = { "rolled-back": "↺", drift: "!", restart: "⋯", warning: "?", command: "›", held: "·" };

/** Everything that has a place on the curves, in order. */
export function marksOf(curves, versions) {
  const marks = [];
  const add = (kind, at, words, sign = SIGNS[kind]) => {
    const x = curves.place(at);
    if (x !== null) {
      marks.push({ kind, x, sign, words: `${clock(at.time)}, step ${at.step}: ${words}` });
    }
  };
  const published = new Set();
  curves.changes.filter(({ published: number }) => number !== null).forEach((point) => {
    published.add(point.published);
    add("version", point, `version ${point.published}, ${point.decision}`, `v${point.published}`);
  });
  versions.filter(({ version }) => !published.has(version)).forEach((v) =>
    add("version", { step: v.provenance.step, time: v.createdAt }, `version ${v.version}, ${v.decision}`, `v${v.version}`));
  curves.drifts.forEach((record) =>
    add(record.signal.level === "DRIFT" ? "drift" : "warning", record, driftWords(record.signal)));
  curves.commands.filter(({ outcome }) => outcome === "done").forEach((record) =>
    record.name === "roll-back"
      ? add("rolled-back", record, `rolled back, ${record.detail}`)
      : add("command", record, `${record.name}, ${record.detail}`));
  curves.evaluations.filter((point) => point.outcome !== "publish" && point.decision).forEach((point) =>
    add("held", point, point.decision));
  curves.stretches.slice(1).forEach((stretch) => marks.push({
    kind: "restart", x: stretch.from - 0.5, sign: SIGNS.restart,
    words: `${clock(new Date(stretch.time).toISOString())}: training went on from step ${stretch.step}, behind step ${stretch.after}`,
  }));
  return marks.sort((a, b) => a.x - b.x);
}

export class Lane {
  constructor(root, words) {
    this.root = root;
    this.words = words;
    this.buttons = new Map();
    root.addEventListener("keydown", (event) => this.move(event));
  }

  /** Puts the marks below a chart. */
  show(marks, plot) {
    const groups = group(marks, plot);
    const keys = new Set(groups.map(({ key }) => key));
    this.buttons.forEach((button, key) => {
      if (!keys.has(key)) {
        button.remove();
        this.buttons.delete(key);
      }
    });
    groups.forEach((one) => this.place(one));
    const ordered = groups.map(({ key }) => this.buttons.get(key));
    if (!ordered.some((button) => button.tabIndex === 0) && ordered.length) {
      ordered.at(-1).tabIndex = 0;
    }
    this.ordered = ordered;
    this.root.hidden = ordered.length === 0;
  }

  place({ key, left, marks }) {
    let button = this.buttons.get(key);
    if (!button) {
      button = el("button", { type: "button", tabindex: -1 });
      button.addEventListener("focus", () => this.focused(button));
      button.addEventListener("mouseenter", () => this.say(button));
      button.addEventListener("click", () => this.say(button));
      this.buttons.set(key, button);
      this.root.append(button);
    }
    const first = marks.toSorted((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind))[0];
    setText(button, first.sign);
    button.dataset.kind = first.kind;
    button.style.left = `${left}px`;
    const words = inWords(marks);
    if (button.getAttribute("aria-label") !== words) {
      button.setAttribute("aria-label", words);
    }
  }

  focused(button) {
    this.buttons.forEach((other) => { other.tabIndex = other === button ? 0 : -1; });
    this.say(button);
  }

  say(button) {
    setText(this.words, button.getAttribute("aria-label"));
  }

  move(event) {
    const now = this.ordered.indexOf(document.activeElement);
    const next = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: this.ordered.length - 1 }[event.key];
    if (next !== undefined && this.ordered[next]) {
      event.preventDefault();
      this.ordered[next].focus();
    }
  }
}

/** Held candidates are many: of those at one place only the last is told. */
function inWords(marks) {
  const held = marks.filter(({ kind }) => kind === "held");
  const others = marks.filter(({ kind }) => kind !== "held");
  const words = others.map(({ words: one }) => one);
  if (held.length) {
    words.push((held.length > 1 ? `${plural(held.length, "decision")}, the last: ` : "") + held.at(-1).words);
  }
  return words.join("; ");
}

function group(marks, plot) {
  const { left, width } = plot.bbox;
  const groups = [];
  for (const mark of marks) {
    const px = plot.valToPos(mark.x, "x", true);
    if (px < left - 1 || px > left + width + 1) {
      continue;
    }
    const at = px / devicePixelRatio;
    const last = groups.at(-1);
    if (last && at - last.left < NEAR_PX) {
      last.marks.push(mark);
    } else {
      groups.push({ key: `${mark.kind} ${mark.x}`, left: at, marks: [mark] });
    }
  }
  return groups;
}
