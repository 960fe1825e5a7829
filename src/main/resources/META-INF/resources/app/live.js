// The connection: events are held back until the history behind them is loaded, and a connection
// that is refused, lost or silent is opened again, ever more slowly. Fetched, not an EventSource,
// which can send no credential. A page that nobody sees closes it: browsers have six connections to
// a host, and the seventh tab would wait for ever.

import { ask } from "./access.js";

const SILENCE_MS = 20_000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15_000;
const UNSEEN_MS = 30_000;

export class Live {
  /**
   * @param reload loads everything; called after each connection, before the events that follow it
   * @param receive takes (name, data)
   * @param changed takes null when connected, else why not
   */
  constructor(reload, receive, changed) {
    Object.assign(this, { reload, receive, changed, failures: 0, retry: null, abort: null, resting: false });
    setInterval(() => {
      if (this.abort && Date.now() - this.lastHeard > SILENCE_MS) {
        this.abort.abort(new Error("nothing was heard for too long"));
      }
    }, 2_000);
    addEventListener("online", () => this.now());
    addEventListener("pagehide", () => this.rest());
    addEventListener("pageshow", ({ persisted }) => persisted && this.now());
    let unseen = null;
    document.addEventListener("visibilitychange", () => {
      clearTimeout(unseen);
      if (document.hidden) {
        unseen = setTimeout(() => this.rest(), UNSEEN_MS);
      } else {
        this.now();
      }
    });
    this.connect();
  }

  /** Closes the connection until now(). */
  rest() {
    this.resting = true;
    clearTimeout(this.retry);
    this.abort?.abort(new Error("nobody looks"));
  }

  /** Ends a rest, and a pause between two attempts. */
  now() {
    this.resting = false;
    if (this.retry !== null) {
      clearTimeout(this.retry);
      this.retry = null;
      this.connect();
    }
  }

  /** Opens the connection anew, with what the service lets this visitor see now. */
  again() {
    this.failures = 0;
    this.abort?.abort(new Error("it is opened anew"));
    this.now();
  }

  async connect() {
    const abort = new AbortController();
    this.abort = abort;
    this.lastHeard = Date.now();
    try {
      const stream = await ask("api/v1/events", {
        headers: { Accept: "text/event-stream" }, cache: "no-store", signal: abort.signal,
      });
      await this.follow(stream.body);
    } catch (error) {
      this.lost(abort.signal.aborted ? abort.signal.reason : error);
    }
    abort.abort(); // a failed reload leaves the stream open
    this.abort = null;
  }

  async follow(body) {
    let waiting = [];
    const reading = this.read(body, (name, data) =>
      waiting ? waiting.push([name, data]) : this.receive(name, data));
    const loading = this.reload().then(() => {
      waiting.forEach(([name, data]) => this.receive(name, data));
      waiting = null;
      this.failures = 0;
      this.changed(null);
    });
    await Promise.all([reading, loading]);
    throw new Error("the service closed the connection");
  }

  async read(body, take) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    let event = {};
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      this.lastHeard = Date.now();
      const lines = (text + part.value).split(/\r?\n/);
      text = lines.pop();
      for (const line of lines) {
        const [, field, value] = /^(event|data): ?(.*)$/.exec(line) ?? [];
        if (field) {
          event[field] = (event[field] ?? "") + value;
        } else if (line === "" && event.data) {
          take(event.event, JSON.parse(event.data));
          event = {};
        }
      }
    }
  }

  lost(error) {
    if (this.resting) {
      this.retry = 0; // no timer, and not null: now() connects
      return;
    }
    const wait = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.failures);
    this.failures += 1;
    this.changed(error);
    this.retry = setTimeout(() => this.now(), wait * (0.75 + Math.random() / 2));
  }
}
