// What the Tab key should reach, and where it is.
window.focusable = () => [...document.querySelectorAll(
  "a[href], button, input, textarea, summary, [tabindex='0']")]
  .filter((one) => one.tabIndex >= 0 && one.checkVisibility() && !one.closest("dialog"));
window.focused = () => {
  const one = document.activeElement;
  const all = window.focusable();
  const name = one.classList.contains("skip") ? "main skip link" : `${all.indexOf(one)} ${one.tagName} ${one.id}`;
  return getComputedStyle(one).outlineStyle === "none" && one !== document.body ? `${name} without outline` : name;
};
