// What the Tab key should reach, and which of it has the focus: -1 where none has.
window.focusable = () => [...document.querySelectorAll(
  "a[href], button, input, textarea, summary, [tabindex='0']")]
  .filter((one) => one.tabIndex >= 0 && one.checkVisibility() && !one.closest("dialog"));
window.focused = () => window.focusable().indexOf(document.activeElement);
