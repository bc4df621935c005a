/* What pages do beyond plain HTML. Everything hangs on data attributes; without this file every page still works. */
(() => {
  "use strict";

  const root = document.documentElement;
  root.classList.add("js");

  const byId = (id) => document.getElementById(id);
  const text = (name) => byId("text-template")?.dataset[name] ?? "";
  const BELL_EVERY = 60_000;
  const SESSION_CHECK_AFTER = 120_000;
  let lastAnswer = Date.now();

  // -- CSRF: the token of the page, renewed after a log-in over the open page --------------------------------------

  const csrfInputs = () => document.querySelectorAll("input[name=csrfmiddlewaretoken]");
  const csrfToken = () => csrfInputs()[0]?.value ?? "";
  const setCsrfToken = (token) => csrfInputs().forEach((input) => { input.value = token; });

  function request(url, options = {}) {
    // The log-in over the page speaks the language of the page, not the one a stranger would get.
    const headers = { "X-Requested-With": "fetch", "Accept-Language": root.lang, ...options.headers };
    if (options.method === "POST") headers["X-CSRFToken"] = csrfToken();
    return fetch(url, { credentials: "same-origin", ...options, headers });
  }

  // -- Toasts -----------------------------------------------------------------------------------------------------

  const FADES = new Set(["success", "info"]);

  function fadeLater(notice) {
    if (FADES.has(notice.dataset.toast)) setTimeout(() => notice.remove(), 7000);
  }

  function toast(words, tone = "info") {
    const template = byId("toast-template");
    if (!template || !words) return;
    const notice = template.content.firstElementChild.cloneNode(true);
    notice.classList.replace("notice-info", `notice-${tone}`);
    notice.dataset.toast = tone;
    notice.querySelector(".notice-text").textContent = words;
    byId("toasts").append(notice);
    fadeLater(notice);
  }

  document.addEventListener("app:toast", (event) => toast(event.detail.text, event.detail.tone));

  // -- Focus: what needs attention first, after loading and after a swap --------------------------------------------

  function focusWithin(scope) {
    const wanted = scope.querySelector("[data-focus]") ?? scope.querySelector("[autofocus]");
    wanted?.focus({ preventScroll: !wanted.matches("[data-focus]") });
  }

  // -- Dialogs ----------------------------------------------------------------------------------------------------

  const dialog = byId("app-dialog");
  const dialogBody = byId("app-dialog-body");
  const hasHtmx = () => typeof window.htmx === "object";

  function openDialog(url) {
    const headers = { "HX-Target": "div#app-dialog-body" };
    window.htmx.ajax("GET", url, { source: dialogBody, target: dialogBody, swap: "innerHTML", headers }).then(() => {
      if (dialogBody.childElementCount && !dialog.open) dialog.showModal();
      focusWithin(dialogBody);
    });
  }

  // A form inside the dialog answers into the dialog, and shows its errors there.
  function adoptForms(scope) {
    scope.querySelectorAll("form[method=post]:not([hx-post])").forEach((form) => {
      form.setAttribute("hx-post", form.getAttribute("action") || dialog.dataset.url || location.pathname);
      form.setAttribute("hx-target", "#app-dialog-body");
    });
  }

  function closeDialog(inner) {
    const open = inner.closest("dialog");
    if (!open) return false;
    open.close();
    return true;
  }

  dialog?.addEventListener("close", () => dialogBody.replaceChildren());

  // -- Session renewal over the open page ---------------------------------------------------------------------------

  const sessionDialog = byId("session-dialog");
  const sessionBody = byId("session-body");

  function showRenewal(html) {
    sessionBody.innerHTML = html;
    if (!sessionDialog.open) sessionDialog.showModal();
    focusWithin(sessionBody);
  }

  async function askForRenewal() {
    if (!sessionDialog || sessionDialog.open) return;
    const answer = await request(sessionDialog.dataset.renew, { headers: { "X-Background": "1" } });
    if (answer.status === 200) showRenewal(await answer.text());
  }

  async function sendRenewal(form) {
    const answer = await request(sessionDialog.dataset.renew, { method: "POST", body: new FormData(form) });
    if (answer.status !== 200) {
      showRenewal(await answer.text());
      return;
    }
    const { csrf, other } = await answer.json();
    if (other) {
      location.reload();
      return;
    }
    setCsrfToken(csrf);
    sessionBody.replaceChildren();
    sessionDialog.close();
    lastAnswer = Date.now();
    toast(text("renewed"), "success");
  }

  // Closing the renewal would leave a page whose buttons all fail.
  sessionDialog?.addEventListener("cancel", (event) => event.preventDefault());

  async function sessionIsAlive() {
    if (!sessionDialog || Date.now() - lastAnswer < SESSION_CHECK_AFTER) return true;
    const answer = await request(sessionDialog.dataset.renew, { headers: { "X-Background": "1" } });
    if (answer.status !== 200) return true;
    showRenewal(await answer.text());
    return false;
  }

  // -- Forms: one submit, and only with a session that is alive -----------------------------------------------------

  function busy(form, submitter) {
    form.dataset.sent = "1";
    (submitter ?? form.querySelector("[type=submit]"))?.setAttribute("aria-busy", "true");
  }

  function ready(form) {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  }

  const isHtmxForm = (form) => hasHtmx() && (form.hasAttribute("hx-post") || form.hasAttribute("hx-get"));

  function sendAgain(form, submitter) {
    form.dataset.checked = "1";
    form.requestSubmit(submitter && form.contains(submitter) ? submitter : undefined);
  }

  function checkThenSend(event, form) {
    event.preventDefault();
    sessionIsAlive()
      .then((alive) => { if (alive) sendAgain(form, event.submitter); })
      .catch(() => toast(text("offline"), "error"));
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (sessionBody?.contains(form)) {
      event.preventDefault();
      sendRenewal(form).catch(() => toast(text("offline"), "error"));
    } else if (form.dataset.sent) {
      event.preventDefault();
      event.stopPropagation();
    } else if (form.method === "post" && !isHtmxForm(form)) {
      const stale = Date.now() - lastAnswer > SESSION_CHECK_AFTER;
      if (stale && !form.dataset.checked) {
        checkThenSend(event, form);
        return;
      }
      delete form.dataset.checked;
      if (form.matches("[data-guard]")) busy(form, event.submitter);
    }
  }, true);

  // A page out of the browser's history comes back with its buttons usable.
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(ready));

  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field.closest("[data-submit-on-change]")) field.form?.requestSubmit();
    updateReveals(field.form ?? document);
  });

  // -- Parts that belong to one choice ------------------------------------------------------------------------------

  function chosen(form, name) {
    const inputs = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
    const checked = inputs.find((input) => !["radio", "checkbox"].includes(input.type) || input.checked);
    return checked ? checked.value : "";
  }

  function updateReveals(scope) {
    scope.querySelectorAll?.("[data-reveal-for]").forEach((part) => {
      const [name, ...value] = part.dataset.revealFor.split("=");
      const wanted = value.join("=").split("|");
      part.hidden = !wanted.includes(chosen(part.closest("form") ?? document, name));
    });
  }

  // -- Keyboard -----------------------------------------------------------------------------------------------------

  let pending = "";
  let pendingTimer = 0;
  const inField = (target) => target.matches?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

  function shortcutElements() {
    const scope = document.querySelector("dialog[open]") ?? document;
    return [...scope.querySelectorAll("[data-shortcut]")].filter((item) => !item.closest("[hidden]"));
  }

  function keyName(event) {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    return event.altKey ? `alt+${event.code.replace(/^(Key|Digit)/, "").toLowerCase()}` : key;
  }

  function use(item) {
    if (item.matches("input, select, textarea")) {
      item.focus();
      item.select?.();
    } else {
      item.click();
    }
  }

  function listShortcuts() {
    const list = byId("shortcuts-list");
    if (!list) return;
    list.replaceChildren();
    const seen = new Set();
    shortcutElements().forEach((item) => {
      if (seen.has(item.dataset.shortcut)) return;
      seen.add(item.dataset.shortcut);
      const keys = document.createElement("dt");
      item.dataset.shortcut.split(" ").forEach((key, index) => {
        const cap = document.createElement("kbd");
        cap.textContent = key.replace("alt+", "Alt + ").toUpperCase();
        keys.append(index ? " " : "", cap);
      });
      const label = document.createElement("dd");
      label.textContent = item.dataset.shortcutLabel || item.textContent.trim() || item.getAttribute("aria-label");
      list.append(keys, label);
    });
    byId("shortcuts-dialog").showModal();
  }

  function onShortcut(event) {
    if (event.ctrlKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
    if (inField(event.target) && !event.altKey) return;
    const key = keyName(event);
    if (key === "?" && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      listShortcuts();
      return;
    }
    const combined = pending ? `${pending} ${key}` : key;
    const items = shortcutElements();
    const found = items.find((item) => item.dataset.shortcut === combined);
    clearTimeout(pendingTimer);
    pending = "";
    if (found) {
      event.preventDefault();
      use(found);
    } else if (items.some((item) => item.dataset.shortcut.startsWith(`${key} `))) {
      pending = key;
      pendingTimer = setTimeout(() => { pending = ""; }, 1200);
    }
  }

  document.addEventListener("keydown", onShortcut);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
      menu.open = false;
      if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    });
    if (location.hash === "#app-nav") location.hash = "main";
  });

  // -- Clicks -------------------------------------------------------------------------------------------------------

  const plainClick = (event) => !(event.ctrlKey || event.metaKey || event.shiftKey || event.button);

  function onClick(event) {
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
    const item = event.target.closest?.("[data-dialog], [data-dialog-close], [data-dismiss], [data-print], [data-shortcuts-open]");
    if (!item) return;
    if (item.matches("[data-dismiss]")) item.closest(".notice").remove();
    else if (item.matches("[data-print]")) window.print();
    else if (item.matches("[data-shortcuts-open]")) listShortcuts();
    else if (item.matches("[data-dialog-close]")) {
      if (closeDialog(item)) event.preventDefault();
    } else if (plainClick(event) && dialog && hasHtmx()) {
      event.preventDefault();
      dialog.dataset.url = item.getAttribute("href");
      openDialog(item.getAttribute("href"));
    }
  }

  document.addEventListener("click", onClick);

  // -- htmx ---------------------------------------------------------------------------------------------------------

  function refusalIn(html) {
    return new DOMParser().parseFromString(html, "text/html").querySelector("[data-refusal]")?.textContent.trim();
  }

  // A look-up while somebody types sends the form's fields too, but it is no submit and must not hold one up.
  const submits = (element, form) => element === form || element?.matches?.("button, [type=submit]");

  document.addEventListener("htmx:config:request", (event) => {
    const { request: outgoing, sourceElement } = event.detail.ctx;
    if (outgoing.method !== "GET") outgoing.headers["X-CSRFToken"] = csrfToken();
    if (sourceElement?.matches?.("[data-background]")) outgoing.headers["X-Background"] = "1";
    if (outgoing.form?.matches("[data-guard]") && submits(sourceElement, outgoing.form)) busy(outgoing.form, outgoing.submitter);
  });

  document.addEventListener("htmx:response:error", (event) => {
    const { response, text: html } = event.detail.ctx;
    if (response.status === 401) askForRenewal().catch(() => toast(text("offline"), "error"));
    else if (response.status >= 500) toast(text("error"), "error");
    else if (response.status === 403 || response.status === 404) toast(refusalIn(html) || text("error"), "error");
  });

  document.addEventListener("htmx:error", () => toast(text("offline"), "error"));

  document.addEventListener("htmx:finally:request", (event) => {
    const { ctx } = event.detail;
    if (ctx.response && ctx.response.status < 400) lastAnswer = Date.now();
    // A page that is about to change keeps its button busy, so that nobody presses it again.
    const form = ctx.request?.form;
    if (form && submits(ctx.sourceElement, form) && !ctx.hx?.redirect) ready(form);
  });

  // Before htmx looks at new content: forms in the dialog become forms that answer into the dialog.
  document.addEventListener("htmx:before:process", () => { if (dialogBody) adoptForms(dialogBody); });

  document.addEventListener("htmx:after:swap", (event) => {
    const target = event.detail.ctx.target;
    if (!(target instanceof Element)) return;
    if (target === dialogBody && !target.childElementCount) dialog.close();
    updateReveals(target);
    const attention = target.querySelector("[data-focus]");
    if (attention || target === dialogBody) focusWithin(target);
  });

  // -- The bell -----------------------------------------------------------------------------------------------------

  function showBell(unread) {
    const count = byId("bell-count");
    count.hidden = !unread;
    count.textContent = unread > 99 ? "99+" : String(unread);
  }

  async function pollBell() {
    const bell = byId("bell");
    if (!bell?.dataset.bellCount || document.hidden || sessionDialog?.open) return;
    const answer = await request(bell.dataset.bellCount, { headers: { "X-Background": "1", Accept: "application/json" } });
    if (answer.status === 401) await askForRenewal();
    else if (answer.ok) showBell((await answer.json()).unread);
  }

  // A missed poll is no event for the person; the next one comes in a minute.
  const pollQuietly = () => pollBell().catch(() => {});

  // -- Start --------------------------------------------------------------------------------------------------------

  document.querySelectorAll("#messages .notice").forEach(fadeLater);
  updateReveals(document);
  if (document.querySelector("[data-focus]")) focusWithin(document);
  if (byId("bell")) {
    setInterval(pollQuietly, BELL_EVERY);
    document.addEventListener("visibilitychange", pollQuietly);
  }
})();
