// The chart as a tree list: arrow keys walk through it, and a screen reader hears what the cards show.
(() => {
  "use strict";

  const element = (name, attributes = {}, ...content) => {
    const made = document.createElement(name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    made.append(...content);
    return made;
  };

  class Tree {
    constructor(model, { label, onSelect, onToggle }) {
      Object.assign(this, { model, onSelect, onToggle, items: new Map(), current: null });
      this.root = element("div", { role: "tree", class: "chart-tree", "aria-label": label });
      this.refresh();
      this.root.addEventListener("click", (event) => this.onClick(event));
      this.root.addEventListener("dblclick", (event) => this.onDoubleClick(event));
      this.root.addEventListener("keydown", (event) => this.onKey(event));
      this.root.addEventListener("focusin", (event) => this.onFocus(event));
      this.mark(model.roots[0]);
    }

    // Items are made when they are shown for the first time. They stand side by side and say their level themselves, so
    // that the name of an item is its own text alone.
    item(node) {
      if (!this.items.has(node)) this.items.set(node, this.make(node));
      const item = this.items.get(node);
      if (node.children.length) item.setAttribute("aria-expanded", String(node.isOpen));
      return item;
    }

    make(node) {
      const family = node.parent ? node.parent.children : this.model.roots;
      const item = element("div", {
        role: "treeitem", tabindex: "-1", "aria-level": node.depth + 1, "aria-setsize": family.length,
        "aria-posinset": family.indexOf(node) + 1, "aria-selected": "false",
        class: `chart-row chart-row-${node.type} chart-level-${Math.min(node.depth, 7)}`,
      }, this.twist(node), ...this.text(node));
      item.node = node;
      return item;
    }

    twist(node) {
      return element("span", { class: node.children.length ? "chart-twist" : "chart-twist chart-leaf", "aria-hidden": "true" });
    }

    // Figures are short to look at and whole to listen to.
    text(node) {
      const title = element("span", { class: "chart-row-title" }, node.label);
      const parts = this.model.lines(node).flat().map((part) => this.part(part));
      const dotted = this.model.dottedWords(node).map((words) => element("span", { class: "visually-hidden" }, words));
      const short = node.below || node.filled;
      const figures = short ? [element("span", { class: "chart-row-note", "aria-hidden": "true" }, `${short[1]}/${short[0]}`)] : [];
      return [title, ...parts, ...dotted, ...figures].flatMap((part) => [" ", part]);
    }

    part({ text, tone, isFigure, isUsual, isMinor }) {
      const seen = tone ? `mark mark-${tone}` : "chart-row-note";
      return element("span", { class: isFigure || isUsual || isMinor ? "visually-hidden" : seen }, text);
    }

    shown() {
      const found = [];
      const walk = (node) => {
        found.push(node);
        if (node.isOpen) node.children.forEach(walk);
      };
      this.model.roots.forEach(walk);
      return found;
    }

    refresh() {
      const shown = this.shown();
      const wanted = new Set(shown);
      let at = this.root.firstElementChild;
      const drop = () => {
        while (at && !wanted.has(at.node)) {
          const gone = at;
          at = at.nextElementSibling;
          gone.remove();
        }
      };
      shown.forEach((node) => {
        drop();
        const item = this.item(node);
        if (item === at) at = at.nextElementSibling;
        else this.root.insertBefore(item, at);
      });
      drop();
      if (this.current && !this.isShown(this.current)) this.mark(this.model.path(this.current).find((node) => !node.isOpen));
    }

    isShown(node) {
      return this.model.path(node).every((above) => above.isOpen);
    }

    // Only the list scrolls, never the page.
    scrollTo(item) {
      const box = this.root.parentElement;
      const frame = box?.getBoundingClientRect(), own = item.getBoundingClientRect();
      if (!frame) return;
      if (own.top < frame.top) box.scrollTop += own.top - frame.top;
      else if (own.bottom > frame.bottom) box.scrollTop += own.bottom - frame.bottom;
    }

    // One item of the tree can be reached with Tab; arrow keys do the rest.
    mark(node) {
      const before = this.items.get(this.current);
      before?.setAttribute("tabindex", "-1");
      before?.setAttribute("aria-selected", "false");
      this.current = node;
      const item = this.items.get(node);
      item?.setAttribute("tabindex", "0");
      item?.setAttribute("aria-selected", "true");
    }

    select(node, { focus = false } = {}) {
      this.refresh();
      this.mark(node);
      const item = this.items.get(node);
      if (focus) item?.focus({ preventScroll: true });
      if (item) this.scrollTo(item);
    }

    nodeOf(event) {
      return event.target.closest?.("[role=treeitem]")?.node;
    }

    onClick(event) {
      const node = this.nodeOf(event);
      if (!node) return;
      if (event.target.closest(".chart-twist") && node.children.length) this.onToggle(node);
      this.select(node, { focus: true });
    }

    onDoubleClick(event) {
      const node = this.nodeOf(event);
      if (node?.children.length && !event.target.closest(".chart-twist")) this.onToggle(node);
    }

    onFocus(event) {
      const node = this.nodeOf(event);
      if (node && event.target.node === node) {
        this.mark(node);
        this.onSelect(node);
      }
    }

    onKey(event) {
      const node = event.target.node;
      if (!node || event.altKey || event.ctrlKey || event.metaKey) return;
      const move = {
        ArrowDown: () => this.step(node, 1), ArrowUp: () => this.step(node, -1), Home: () => this.go(this.root.firstElementChild),
        End: () => this.go(this.root.lastElementChild), ArrowRight: () => this.inwards(node), ArrowLeft: () => this.outwards(node),
        Enter: () => this.open(node), " ": () => node.children.length && this.onToggle(node),
      }[event.key];
      if (!move) return;
      event.preventDefault();
      move();
    }

    go(item) {
      if (!item) return;
      item.focus({ preventScroll: true });
      this.scrollTo(item);
    }

    step(node, by) {
      const item = this.items.get(node);
      this.go(by > 0 ? item.nextElementSibling : item.previousElementSibling);
    }

    inwards(node) {
      if (!node.children.length) return;
      if (node.isOpen) this.go(this.items.get(node.children[0]));
      else this.onToggle(node);
    }

    outwards(node) {
      if (node.isOpen && node.children.length) this.onToggle(node);
      else this.go(this.items.get(node.parent));
    }

    open(node) {
      const page = this.model.pages(node)[0];
      if (page) location.href = page[1];
    }
  }

  Object.assign(window.Orgchart, { Tree, element });
})();
