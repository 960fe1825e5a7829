// The connection: events are held back until the history behind them is loaded, and a connection
// that is refused, lost or silent is opened again.

const EVENTS = ["step", "evaluation", "version", "status"];
const SILENCE_MS = 10_000;
const RETRY_MS = 2_000;

export async function json(path, options) {
  const response = await fetch(path, options);
  const body = await response.json().catch(() => null);
  if (!response.ok) {
    throw new Error(body?.detail ?? `${path} answered ${response.status}`);
  }
  return body;
}

export class Live {
  /**
   * @param reload loads everything; called after each connection, before the events that follow it
   * @param receive takes (name, data)
   * @param changed takes true when connected, false when lost
   */
  constructor(reload, receive, changed) {
    Object.assign(this, { reload, receive, changed, lastHeard: Date.now() });
    setInterval(() => {
      if (this.source && Date.now() - this.lastHeard > SILENCE_MS) {
        this.again();
      }
    }, 2_000);
    this.connect();
  }

  connect() {
    const source = new EventSource("api/v1/events");
    let waiting = [];
    this.source = source;
    this.lastHeard = Date.now();

    source.onopen = async () => {
      waiting = [];
      try {
        await this.reload();
      } catch {
        if (this.source === source) {
          this.again();
        }
        return;
      }
      const missed = waiting;
      waiting = null;
      missed.forEach(([name, data]) => this.receive(name, data));
      this.changed(true);
    };
    source.onerror = () => {
      this.changed(false);
      waiting = [];
      if (source.readyState === EventSource.CLOSED && this.source === source) {
        this.again();
      }
    };
    EVENTS.forEach((name) => source.addEventListener(name, ({ data }) => {
      this.lastHeard = Date.now();
      const value = JSON.parse(data);
      waiting ? waiting.push([name, value]) : this.receive(name, value);
    }));
  }

  again() {
    this.source?.close();
    this.source = null;
    this.changed(false);
    setTimeout(() => this.connect(), RETRY_MS);
  }
}
