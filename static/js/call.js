// The call page: keys of its own. Without this file the page works by ordinary submits.
(() => {
  "use strict";

  const form = document.querySelector("form[data-call]");
  if (!form) return;
  const save = form.querySelector("[data-save]");
  const description = form.elements.description;

  const visible = (field) => !field.closest("[hidden]") && field.type !== "hidden" && field.tabIndex >= 0 && field.offsetParent;

  function focusNext(from) {
    const fields = [...form.querySelectorAll("input, select, textarea")].filter(visible);
    fields[fields.indexOf(from) + 1]?.focus();
  }

  function pick(index) {
    const choice = form.querySelectorAll("[data-pick]")[index];
    if (!choice) return false;
    choice.checked = true;
    choice.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  }

  form.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit(save);
    } else if (event.key === "Enter" && event.target.matches("input:not([type=radio])") && !description.value.trim()) {
      // A scanner ends with Enter, and so do many people after a number: go on instead of saving half a case.
      event.preventDefault();
      focusNext(event.target);
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.altKey && /^Digit[1-9]$/.test(event.code) && pick(Number(event.code.slice(5)) - 1)) event.preventDefault();
  });

  // What was found decides which fields are needed; parts follow their inputs on every change.
  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail.ctx.target?.id === "call-panel") form.dispatchEvent(new Event("change", { bubbles: true }));
  });
})();
