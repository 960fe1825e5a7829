// What an operator can do: the buttons, the confirmation of a roll-back, the key, and the answers.

import { key, post, setKey } from "./access.js";
import { setText } from "./format.js";

const ANSWER_MS = 30_000;
const NO_TRAINER = {
  serving: "This is a replica; the trainer's page takes commands",
  standby: "This instance is a standby; the owner's page takes commands",
};

const at = (id) => document.getElementById(id);

export class Control {
  /** @param changed called when another key is in use */
  constructor(changed) {
    this.buttons = { pause: at("pause"), resume: at("resume"), publish: at("publish") };
    this.dialog = at("roll-back");
    this.waiting = new Map();
    this.answers = new Map();
    this.problem = "the service is not reached yet";
    Object.entries(this.buttons).forEach(([command, button]) =>
      button.addEventListener("click", () => this.send({ command }, button)));
    this.dialog.addEventListener("close", () => this.confirmed());
    at("key-form").addEventListener("submit", (event) => {
      event.preventDefault();
      setKey(at("key").value.trim());
      at("key").value = "";
      changed();
    });
    at("forget").addEventListener("click", () => {
      setKey("");
      changed();
      at("key").focus();
    });
  }

  get allowed() {
    return this.problem === null;
  }

  show({ training }, access) {
    const { state } = training;
    this.problem = access.controlProblem ?? NO_TRAINER[state] ?? null;
    setText(at("control-problem"), this.problem ?? "");
    this.enable(this.buttons.pause, state !== "paused");
    this.enable(this.buttons.resume, state === "paused");
    this.enable(this.buttons.publish, state !== "paused");
    at("key-form").hidden = access.control && !access.known;
    at("forget").hidden = key() === "";
    setText(at("key-known"), access.known ? "A key is in use in this tab." : "");
  }

  /** What cannot be pressed can still be reached, for its reason to be heard. */
  enable(button, sensible) {
    button.hidden = !sensible && button !== this.buttons.publish;
    if (this.allowed && sensible) {
      button.removeAttribute("aria-disabled");
    } else {
      button.setAttribute("aria-disabled", "true");
    }
  }

  rollBack(version, current) {
    if (!this.allowed) {
      this.say(this.problem);
      return;
    }
    this.version = version.version;
    setText(at("roll-back-title"), `Roll back to version ${version.version}?`);
    setText(at("roll-back-words"),
      `Version ${version.version} takes the place of version ${current}: whoever follows the versions loads it. `
      + `Training goes on from what it had left behind then.`);
    this.dialog.returnValue = "";
    this.dialog.showModal();
  }

  confirmed() {
    if (this.dialog.returnValue === "confirm") {
      const data = this.dialog.querySelector("input[name=data]:checked").value;
      this.send({ command: "roll-back", version: this.version, data });
    }
  }

  async send(command, button) {
    if (button?.getAttribute("aria-disabled") === "true") {
      this.say(this.problem ?? "Training is paused: resume it first");
      return;
    }
    const name = command.version ? `roll-back to version ${command.version}` : command.command;
    this.say(`${name}: on its way`);
    try {
      const { id } = await post("api/v1/control", command, {}, true);
      const answer = this.answers.get(id);
      if (answer) {
        this.tell(name, answer);
        return;
      }
      this.waiting.set(id, name);
      this.say(`${name}: sent; the trainer answers between two chunks`);
      setTimeout(() => this.waiting.has(id) && this.say(`${name}: sent, and not answered yet`), ANSWER_MS);
    } catch (error) {
      this.say(`${name}: ${error.message}`);
    }
  }

  /** An answer of the trainer, to this page or to others; it may be faster than the broker's. */
  answered(record) {
    const name = this.waiting.get(record.command);
    if (name) {
      this.waiting.delete(record.command);
      this.tell(name, record);
    } else {
      this.answers.set(record.command, record);
      if (this.answers.size > 20) {
        this.answers.delete(this.answers.keys().next().value);
      }
    }
  }

  tell(name, { outcome, detail }) {
    this.say(`${name}: ${outcome}, ${detail}`);
  }

  say(words) {
    setText(at("control-answer"), words);
  }
}
