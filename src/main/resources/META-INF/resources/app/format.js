// Numbers, times and elements for people. Elements are built node by node: text stays text.

const whole = new Intl.NumberFormat("en");
const oneDigit = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const moment = new Intl.DateTimeFormat("en-GB", {
  day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit",
});

const hour = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

const known = (value) => value !== null && value !== undefined && Number.isFinite(Number(value));

export const count = (value) => (known(value) ? whole.format(value) : "–");
export const rate = (value) =>
  !known(value) ? "–" : value < 100 ? oneDigit.format(value) : whole.format(Math.round(value));
export const percent = (value) => (known(value) ? `${oneDigit.format(100 * value)}%` : "–");
export const loss = (value) => (known(value) ? Number(value).toFixed(value < 0.1 ? 4 : 3) : "–");
export const plural = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

export const number = (value) => (known(value) ? String(Number(Number(value).toPrecision(3))) : "–");
export const interval = ({ low, high }) => (known(low) ? `${percent(low)} to ${percent(high)}` : "");

export function bytes(size) {
  const units = ["B", "kB", "MB", "GB"];
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}

export const time = (iso, words = (at) => moment.format(new Date(at))) =>
  el("time", { datetime: iso, title: iso }, words(iso));
/** The time of today, else with the day. */
export const clock = (iso) => {
  const date = new Date(iso);
  return (date.toDateString() === new Date().toDateString() ? hour : moment).format(date);
};
export const day = (iso) => new Date(iso).toISOString().slice(0, 10);

/** How long ago, roughly. */
export function age(iso, now) {
  const minutes = Math.max(0, (Date.parse(now) - Date.parse(iso)) / 60_000);
  return minutes < 1 ? "under a minute" : minutes < 100 ? plural(Math.round(minutes), "minute")
    : minutes < 2880 ? plural(Math.round(minutes / 60), "hour") : plural(Math.round(minutes / 1440), "day");
}

/** An element with attributes and children; strings become text nodes. */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(key, value === true ? "" : value);
    }
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

/**
 * Puts parts into an element, one behind the other, and takes out what is none of them. A part that is there
 * already is not moved: it keeps the focus, and how far it is scrolled.
 */
export function arrange(root, ...parts) {
  [...root.children].filter((child) => !parts.includes(child)).forEach((child) => child.remove());
  parts.forEach((part, i) => {
    if (root.children[i] !== part) {
      root.insertBefore(part, root.children[i] ?? null);
    }
  });
}

/** Builds an element's content anew; the focus stays where it was, by data-key, else on the element. */
export function keepingFocus(root, build) {
  const focused = root.contains(document.activeElement) && document.activeElement !== root
    ? document.activeElement.dataset.key : null;
  build();
  if (focused) {
    const again = [...root.querySelectorAll("[data-key]")].find((one) => one.dataset.key === focused);
    (again ?? root).focus({ preventScroll: true });
  }
}

/** Sets a custom property, by which the style sheet sizes or tints an element. */
export function share(element, value) {
  element.style.setProperty("--share", String(Math.round(1000 * value) / 1000));
  return element;
}

/** Changes the text only where it differs: screen readers and selections stay calm. */
export function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}
