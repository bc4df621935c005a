/* The editor of job descriptions: row buttons without loading the page anew, and a word before typed text is left behind. */
(() => {
  "use strict";

  const FORM = "position-form";
  let dirty = Boolean(document.querySelector("form[data-unsaved=yes]"));

  document.addEventListener("input", (event) => {
    if (event.target.closest("form[data-unsaved]")) dirty = true;
  });

  window.addEventListener("beforeunload", (event) => {
    if (dirty) event.preventDefault();
  });

  const openParts = (form) => [...form.querySelectorAll("details[open][id]")].map((part) => part.id);

  // Open sections stay open; the row that the answer marks gets the focus.
  function replace(form, fresh) {
    openParts(form).forEach((id) => fresh.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", ""));
    form.replaceWith(fresh);
    const row = fresh.querySelector("[data-focus]");
    const field = row?.querySelector("textarea, input:not([type=hidden]), select");
    (field ?? row)?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "center" });
  }

  async function press(form, button) {
    const body = new URLSearchParams(new FormData(form, button));
    const answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(FORM);
    if (!answer.ok || !fresh) throw new Error("no form");
    replace(form, document.adoptNode(fresh));
    dirty = true;
  }

  document.addEventListener("submit", (event) => {
    // Prevented already: the page's own guard asks for the password first and sends the form again.
    if (event.defaultPrevented) return;
    const form = event.target;
    const button = event.submitter;
    const isRowButton = form.id === FORM && /^(add|remove|up|down):/.test(button?.value ?? "");
    if (!isRowButton) {
      if (form.matches("[data-unsaved]")) dirty = false;
      return;
    }
    event.preventDefault();
    // The page's own guard has marked the form as sent; an answer that is no form goes the plain way.
    press(form, button).catch(() => {
      dirty = false;
      delete form.dataset.sent;
      const hidden = Object.assign(document.createElement("input"), { type: "hidden", name: "do", value: button.value });
      form.append(hidden);
      HTMLFormElement.prototype.submit.call(form);
    });
  });
})();
