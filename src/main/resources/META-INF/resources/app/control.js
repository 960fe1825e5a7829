// What an operator can do: the buttons, the question before what reaches consumers, the key, and the answers.

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
    this.buttons = { pause: at("pause"), resume: at("resume"), publish: at("publish"), rewarm: at("re-warm") };
    this.dialog = at("confirm");
    this.command = null;
    this.waiting = new Map();
    this.answers = new Map();
    this.problem = "the service is not reached yet";
    const { pause, resume, publish, rewarm } = this.buttons;
    pause.addEventListener("click", () => this.can(pause) && this.send({ command: "pause" }));
    resume.addEventListener("click", () => this.can(resume) && this.send({ command: "resume" }));
    publish.addEventListener("click", () => this.can(publish) && this.publish());
    rewarm.addEventListener("click", () => this.can(rewarm) && this.rewarm());
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
    const { pause, resume, publish, rewarm } = this.buttons;
    const focused = document.activeElement;
    this.enable(pause, state !== "paused");
    this.enable(resume, state === "paused");
    this.enable(publish, state !== "paused");
    this.enable(rewarm, state !== "paused");
    if (focused.hidden && (focused === pause || focused === resume)) {
      (focused === pause ? resume : pause).focus(); // one takes the other's place, under the hands, too
    }
    at("key-form").hidden = access.control && !access.known;
    at("forget").hidden = key() === "";
    setText(at("key-known"), access.known ? "A key is in use in this tab." : "");
  }

  /** What cannot be pressed can still be reached, for its reason to be heard. */
  enable(button, sensible) {
    button.hidden = !sensible && (button === this.buttons.pause || button === this.buttons.resume);
    if (this.allowed && sensible) {
      button.removeAttribute("aria-disabled");
    } else {
      button.setAttribute("aria-disabled", "true");
    }
  }

  /** Whether a button may be pressed; says why where not. */
  can(button) {
    const sensible = button.getAttribute("aria-disabled") !== "true";
    if (!sensible) {
      this.say(this.problem ?? "Training is paused: resume it first");
    }
    return sensible;
  }

  publish() {
    this.ask({ command: "publish" }, "Publish now?", "Publish",
      "The weights as they are become a version, whatever the gate would say of them: whoever follows the versions "
      + "loads it. Only broken weights are refused.");
  }

  rewarm() {
    this.ask({ command: "re-warm" }, "Re-warm?", "Re-warm",
      "The learning rate's schedule begins again with the next step, warm-up first, as after drift. It is refused where no "
      + "step would have another rate for that.");
  }

  rollBack(version, current) {
    if (!this.allowed) {
      this.say(this.problem);
      return;
    }
    this.ask({ command: "roll-back", version: version.version }, `Roll back to version ${version.version}?`, "Roll back",
      `Version ${version.version} takes the place of version ${current}: whoever follows the versions loads it. `
      + `Training goes on from what it had left behind then.`);
  }

  /** Asks before a command that changes what consumers load. */
  ask(command, title, verb, words) {
    this.command = command;
    setText(at("confirm-title"), title);
    setText(at("confirm-words"), words);
    setText(at("confirm-verb"), verb);
    at("records-since").hidden = command.command !== "roll-back";
    this.dialog.returnValue = "";
    this.dialog.showModal();
  }

  confirmed() {
    if (document.activeElement === document.body) {
      at("versions").focus(); // the button that asked is gone: the table was built anew
    }
    if (this.dialog.returnValue === "confirm") {
      const data = this.dialog.querySelector("input[name=data]:checked").value;
      this.send(this.command.command === "roll-back" ? { ...this.command, data } : this.command);
    }
  }

  async send(command) {
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
