// The page of the organisation chart: fetches the data, joins tree list, picture, search and the card of details.
(() => {
  "use strict";

  const { Model, Tree, Picture, element, put } = window.Orgchart;
  const MOST_HITS = 20;
  const byId = (id) => document.getElementById(id);

  class Page {
    constructor(frame, data) {
      this.frame = frame;
      this.model = new Model(data);
      const home = this.model.unfoldFirst();
      this.home = home?.depth > 1 ? home : null;
      const acts = { onSelect: (node) => this.select(node), onToggle: (node) => this.toggle(node) };
      this.picture = new Picture(this.model, byId("chart-canvas"), acts);
      this.tree = new Tree(this.model, { ...acts, label: byId("chart-list-title").textContent });
      byId("chart-list").replaceChildren(this.tree.root);
      this.picture.draw();
      this.picture.fit({ readable: true, around: this.home });
      this.select(this.home ?? this.model.roots[0]);
      this.tree.select(this.home ?? this.model.roots[0]);
      this.listen();
    }

    listen() {
      document.querySelectorAll("[data-chart]").forEach((button) => button.addEventListener("click", () => this[button.dataset.chart]()));
      const form = byId("chart-search");
      form.addEventListener("submit", (event) => { event.preventDefault(); this.hitButtons()[0]?.click(); });
      this.input = byId("chart-name");
      this.input.addEventListener("input", () => this.search());
      this.input.addEventListener("keydown", (event) => this.onSearchKey(event));
      byId("chart-hits").addEventListener("keydown", (event) => this.onSearchKey(event));
      addEventListener("beforeprint", () => this.toPaper());
      addEventListener("afterprint", () => this.toScreen());
      new ResizeObserver(() => { if (!this.sized) this.picture.fit({ readable: true, around: this.home }); }).observe(byId("chart-canvas"));
      this.picture.zoom.on("start.sized", ({ sourceEvent }) => { if (sourceEvent) this.sized = true; });
    }

    // -- Folding and selecting ---------------------------------------------------------------------------------------

    toggle(node) {
      node.isOpen = !node.isOpen;
      this.sized = true;
      this.picture.keep(node);
      this.tree.refresh();
    }

    select(node) {
      if (!node || node === this.selected) return;
      this.selected = node;
      this.picture.select(node);
      if (this.tree && this.tree.current !== node) this.tree.select(node);
      this.detail(node);
    }

    // Unfold down to the node and bring it into sight.
    reveal(node) {
      this.model.path(node).forEach((above) => { above.isOpen = true; });
      this.sized = true;
      this.picture.draw();
      this.select(node);
      this.tree.select(node);
      this.picture.center(node);
    }

    // One more level below what is selected.
    unfold() {
      const frontier = [];
      const walk = (node) => {
        if (!node.isOpen) frontier.push(node);
        else node.children.forEach(walk);
      };
      walk(this.selected);
      frontier.forEach((node) => { node.isOpen = node.children.length > 0; });
      this.redraw();
    }

    fold() {
      const walk = (node) => {
        node.isOpen = false;
        node.children.forEach(walk);
      };
      walk(this.selected);
      if (!this.selected.parent) this.model.unfoldFirst();
      this.redraw();
    }

    redraw() {
      this.sized = true;
      this.picture.keep(this.selected);
      this.tree.refresh();
    }

    larger() { this.sized = true; this.picture.scale(1.25); }

    smaller() { this.sized = true; this.picture.scale(0.8); }

    fit() { this.sized = true; this.picture.fit(); }

    // -- Details of what is selected ---------------------------------------------------------------------------------

    detail(node) {
      const title = element("h3", {}, node.label);
      const facts = element("ul", { class: "chart-facts" });
      const subtitle = node.type === "unit" ? node.kind : node.type === "position" ? node.unit.label : `${this.model.positions[node.post.position].label} · ${node.unit.label}`;
      this.model.lines(node).forEach((parts) => facts.append(element("li", {}, ...parts.map((part) => this.part(part)))));
      this.model.dottedWords(node).forEach((words) => facts.append(element("li", {}, words)));
      const pages = this.model.pages(node).map(([label, address]) => element("a", { href: address, class: "btn btn-sm" }, label));
      if (node.type === "unit" && node.parent) pages.push(element("a", { href: this.partAddress(node), class: "btn btn-sm" }, this.model.words.only));
      byId("chart-detail").replaceChildren(title, element("p", { class: "text-secondary" }, subtitle), facts, element("div", { class: "btn-list" }, ...pages));
    }

    part({ text, tone }) {
      return element("span", tone ? { class: `mark mark-${tone}` } : {}, text);
    }

    partAddress(node) {
      const query = new URLSearchParams(location.search);
      query.delete("search");
      query.set("unit", node.id);
      return `${this.frame.dataset.page}?${query}`;
    }

    // -- Search ------------------------------------------------------------------------------------------------------

    hitButtons() {
      return [...byId("chart-hits").querySelectorAll("button")];
    }

    search() {
      const text = this.input.value;
      const hits = this.model.search(text);
      const box = byId("chart-hits");
      if (!text.trim()) {
        box.replaceChildren();
        return;
      }
      const { words } = this.model;
      const count = element("p", { class: "chart-hits-count" }, hits.length ? put(words.hits, { count: hits.length }) : words.no_hits);
      const items = hits.slice(0, MOST_HITS).map((hit) => element("li", {}, this.hit(hit)));
      box.replaceChildren(count, ...(items.length ? [element("ul", {}, ...items)] : []));
    }

    hit({ node, post }) {
      const label = post ? post.name : node.label;
      const position = post ? this.model.positions[post.position].label : node.type === "person" ? this.model.positions[node.post.position].label : "";
      const where = node.type === "unit" && !post ? node.kind : [position, (node.unit ?? node).label].filter(Boolean).join(" · ");
      const button = element("button", { type: "button", class: "chart-hit" }, element("strong", {}, label), " ", element("span", {}, where));
      button.addEventListener("click", () => this.reveal(node));
      return button;
    }

    onSearchKey(event) {
      const buttons = this.hitButtons();
      const at = buttons.indexOf(document.activeElement);
      if (event.key === "ArrowDown" && at < buttons.length - 1) buttons[at + 1].focus();
      else if (event.key === "ArrowUp" && at >= 0) (buttons[at - 1] ?? this.input).focus();
      else if (event.key === "Escape" && this.input.value) {
        this.input.value = "";
        this.search();
        this.input.focus();
      } else return;
      event.preventDefault();
    }

    // -- Paper -------------------------------------------------------------------------------------------------------

    print() {
      window.print();
    }

    toPaper() {
      const paper = byId("chart-paper").value;
      document.body.dataset.paper = paper;
      this.picture.toPaper(paper.endsWith("l") ? 1.6 : 0.75);
    }

    toScreen() {
      delete document.body.dataset.paper;
      this.picture.toScreen();
    }
  }

  async function load(frame) {
    const answer = await fetch(frame.dataset.url, { credentials: "same-origin", headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  function failed(frame) {
    byId("chart-canvas").replaceChildren(element("p", { class: "chart-failed" }, frame.dataset.failed));
    document.querySelectorAll("[data-chart]").forEach((button) => { button.disabled = true; });
  }

  const frame = byId("chart");
  load(frame).then((data) => {
    new Page(frame, data);
    frame.dataset.ready = "1";
  }, () => failed(frame));
})();
