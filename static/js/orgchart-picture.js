// Draws the chart as SVG, so that it stays sharp at any size and on paper. Looks come from the style sheet alone.
(() => {
  "use strict";

  const { layout, CARD_WIDTH } = window.Orgchart;
  const SVG = "http://www.w3.org/2000/svg";
  const PAD = 10, TITLE = 20, LINE = 19, CHIP = 6, READABLE = 0.62, ANIMATE_UP_TO = 300;

  const shape = (name, attributes = {}, ...content) => {
    const made = document.createElementNS(SVG, name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    made.append(...content);
    return made;
  };

  const pen = document.createElement("canvas").getContext("2d");

  function widthOf(text, size, weight) {
    pen.font = `${weight} ${size}px ${getComputedStyle(document.body).fontFamily}`;
    return pen.measureText(text).width;
  }

  // The longest beginning of the text that fits, with an ellipsis.
  function fitted(text, width, size, weight) {
    if (widthOf(text, size, weight) <= width) return text;
    let low = 0, high = text.length;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (widthOf(`${text.slice(0, middle)}…`, size, weight) <= width) low = middle;
      else high = middle - 1;
    }
    return `${text.slice(0, low)}…`;
  }

  class Picture {
    constructor(model, canvas, { onSelect, onToggle }) {
      Object.assign(this, { model, canvas, onSelect, onToggle, selected: null, places: new Map(), lineCache: new Map() });
      this.svg = shape("svg", { class: "chart-svg", "aria-hidden": "true", focusable: "false" });
      this.layers = ["lines", "dotted", "cards"].map((name) => shape("g", { class: `chart-${name}` }));
      [this.lineLayer, this.dottedLayer, this.cardLayer] = this.layers;
      this.zoomed = shape("g", {}, ...this.layers);
      this.svg.append(this.zoomed);
      canvas.append(this.svg);
      this.zoom = d3.zoom().scaleExtent([0.08, 3]).on("zoom", ({ transform }) => this.zoomed.setAttribute("transform", transform));
      this.stage = d3.select(this.svg).call(this.zoom).on("dblclick.zoom", null);
      canvas.addEventListener("keydown", (event) => this.onKey(event));
      this.cardLayer.addEventListener("click", (event) => this.onClick(event));
      this.cardLayer.addEventListener("dblclick", (event) => this.onDoubleClick(event));
    }

    linesOf(node) {
      if (!this.lineCache.has(node)) this.lineCache.set(node, this.model.lines(node));
      return this.lineCache.get(node);
    }

    heightOf(node) {
      const foot = node.children.length ? 6 : 0; // room for the button on the lower edge
      return PAD * 2 + TITLE + this.linesOf(node).length * LINE - 4 + foot;
    }

    // Blocks take the shape of the frame, or of the paper.
    draw(ratio = this.canvas.clientWidth / this.canvas.clientHeight) {
      this.plan = layout(this.model.roots, (node) => this.heightOf(node), Math.min(Math.max(ratio, 0.6), 2));
      const before = this.places;
      this.places = new Map(this.plan.cards.map((card) => [card.node, card]));
      const path = this.plan.lines.map((points) => points.map(([x, y], at) => `${at ? "L" : "M"}${x} ${y}`).join("")).join("");
      this.lineLayer.replaceChildren(shape("path", { d: path }));
      this.drawDotted();
      const animate = this.plan.cards.length <= ANIMATE_UP_TO && !matchMedia("(prefers-reduced-motion: reduce)").matches;
      d3.select(this.cardLayer).selectAll("g.chart-card").data(this.plan.cards, (card) => card.node.key).join(
        (enter) => enter.append((card) => this.card(card)).attr("transform", (card) => `translate(${this.start(card, before, animate)})`),
      ).each((card, at, all) => this.showState(all[at], card.node))
        .transition().duration(animate ? 220 : 0).attr("transform", ({ x, y }) => `translate(${x},${y})`);
    }

    // A new card comes out of its parent's place.
    start(card, before, animate) {
      const from = animate ? before.get(card.node.parent) : null;
      return from ? `${from.x},${from.y}` : `${card.x},${card.y}`;
    }

    // -- Cards -------------------------------------------------------------------------------------------------------

    card({ node, width, height }) {
      const group = shape("g", { class: `chart-card chart-card-${node.type}`, "data-key": node.key });
      if (node.type === "unit" && !node.seesPosts) group.classList.add("is-unseen");
      group.append(shape("title", {}, this.model.sentence(node)), shape("rect", { class: "chart-box", width, height, rx: 6 }));
      group.append(this.text(node.label, PAD, PAD + 13, width - PAD * 2, 13, 600, "chart-title"));
      this.linesOf(node).forEach((parts, index) => this.line(group, parts, PAD + TITLE + LINE * index + 13));
      if (node.children.length) group.append(this.toggle(node, width, height));
      return group;
    }

    text(words, x, y, room, size, weight, name) {
      return shape("text", { x, y, class: name }, fitted(words, room, size, weight));
    }

    line(group, parts, y) {
      let x = PAD;
      parts.forEach((part) => {
        const room = CARD_WIDTH - PAD - x;
        if (room < 24 || !part.text) return;
        if (part.isUsual) return;
        if (part.tone) {
          const words = fitted(part.text, room - CHIP * 2, 11, 500);
          const width = widthOf(words, 11, 500) + CHIP * 2;
          group.append(shape("rect", { class: `chart-chip chart-chip-${part.tone}`, x, y: y - 13, width, height: 17, rx: 4 }));
          group.append(shape("text", { x: x + CHIP, y: y - 0.5, class: `chart-chip-text chart-text-${part.tone}` }, words));
          x += width + 6;
          return;
        }
        const weight = part.isStrong ? 600 : 400;
        const words = this.text(part.text, x, y, room, 12, weight, part.isQuiet || part.isFigure ? "chart-quiet" : part.isStrong ? "chart-strong" : "chart-plain");
        group.append(part.href ? shape("a", { href: part.href, tabindex: "-1" }, words) : words);
        x += widthOf(words.textContent, 12, weight) + 7;
      });
    }

    toggle(node, width, height) {
      const mark = shape("g", { class: "chart-toggle", transform: `translate(${width / 2},${height})` });
      const wide = Math.max(22, widthOf(`+${node.children.length}`, 11, 600) + 12);
      mark.append(shape("title", {}, ""), shape("rect", { x: -wide / 2, y: -9, width: wide, height: 18, rx: 9 }), shape("text", { y: 4 }));
      return mark;
    }

    showState(group, node) {
      group.classList.toggle("is-selected", node === this.selected);
      const mark = group.querySelector(".chart-toggle");
      if (!mark) return;
      mark.querySelector("text").textContent = node.isOpen ? "–" : `+${node.children.length}`;
      mark.querySelector("title").textContent = node.isOpen ? this.model.words.fold : this.model.words.unfold;
    }

    // One dashed line from each card that shows who has the dotted line; folded parts share one from their parent.
    drawDotted() {
      const wanted = new Map();
      this.plan.cards.forEach((card) => {
        const { node } = card;
        const isFolded = node.children.length > 0 && !node.isOpen;
        const from = isFolded && node.depth > 0 && !this.isOwn(node) ? this.places.get(node.parent) ?? card : card;
        (isFolded ? [...node.dotsBelow.values()] : node.dots).forEach(({ place }) => {
          const to = this.places.get(this.model.units[place]);
          if (to && to !== from) wanted.set(`${from.node.key}:${place}`, [from, to]);
        });
      });
      this.dottedLayer.replaceChildren(...[...wanted.values()].map(([from, to]) => this.dashed(from, to)));
    }

    // Whether a unit's own people have it, not those of units below.
    isOwn(node) {
      return node.type !== "unit" || !node.children.some((child) => child.type === "unit" && child.dotsBelow.size);
    }

    dashed(from, to) {
      const isRight = to.x >= from.x;
      const [x1, y1] = [isRight ? from.x + from.width : from.x, from.y + from.height / 2];
      const [x2, y2] = [to.x + to.width / 2, to.y + to.height];
      const bend = Math.max(40, Math.abs(y1 - y2) / 2);
      const line = `M${x1} ${y1}C${x1 + (isRight ? bend : -bend)} ${y1} ${x2} ${y2 + bend} ${x2} ${y2}`;
      return shape("path", { d: line }, shape("title", {}, `${from.node.label} – ${to.node.label}`));
    }

    // -- Selecting, folding, moving ------------------------------------------------------------------------------------

    nodeOf(event) {
      const group = event.target.closest(".chart-card");
      return group && d3.select(group).datum().node;
    }

    onClick(event) {
      const node = this.nodeOf(event);
      if (!node || event.target.closest("a")) return;
      if (event.target.closest(".chart-toggle")) this.onToggle(node);
      this.onSelect(node);
    }

    onDoubleClick(event) {
      const node = this.nodeOf(event);
      if (node?.children.length && !event.target.closest("a, .chart-toggle")) this.onToggle(node);
    }

    onKey(event) {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const by = 80;
      const move = {
        ArrowLeft: () => this.pan(by, 0), ArrowRight: () => this.pan(-by, 0), ArrowUp: () => this.pan(0, by), ArrowDown: () => this.pan(0, -by),
        "+": () => this.scale(1.25), "=": () => this.scale(1.25), "-": () => this.scale(0.8), 0: () => this.fit(),
      }[event.key];
      if (!move) return;
      event.preventDefault();
      move();
    }

    select(node) {
      this.selected = node;
      this.cardLayer.querySelectorAll(".is-selected").forEach((card) => card.classList.remove("is-selected"));
      this.cardLayer.querySelector(`[data-key="${node.key}"]`)?.classList.add("is-selected");
    }

    // Draw anew and keep the node where it is on the screen.
    keep(node) {
      const before = this.places.get(node);
      this.draw();
      const after = this.places.get(node);
      if (before && after) this.stage.call(this.zoom.translateBy, before.x - after.x, before.y - after.y);
    }

    pan(dx, dy) {
      const { k } = d3.zoomTransform(this.svg);
      this.stage.call(this.zoom.translateBy, dx / k, dy / k);
    }

    scale(by) {
      this.stage.call(this.zoom.scaleBy, by);
    }

    show(scale, x, y) {
      this.stage.call(this.zoom.transform, d3.zoomIdentity.translate(x, y).scale(scale));
    }

    // Everything that is unfolded; `readable`: no smaller than can be read, from the top.
    fit({ readable = false, around = null } = {}) {
      const { clientWidth: width, clientHeight: height } = this.canvas;
      const whole = Math.min((width - 32) / this.plan.width, (height - 40) / (this.plan.height + 12), 1.1);
      const scale = readable ? Math.max(whole, READABLE) : whole;
      const card = this.places.get(around ?? this.widest());
      const isNarrow = this.plan.width * scale <= width - 16;
      const middle = isNarrow ? this.plan.width / 2 : card.x + card.width / 2;
      const top = around && this.plan.height * scale > height ? height / 3 - card.y * scale : 16;
      this.show(scale, width / 2 - middle * scale, top);
    }

    // The unfolded unit with the most below it: what a reader wants to see first.
    widest() {
      const opened = this.plan.cards.filter(({ node }) => node.isOpen);
      return opened.reduce((best, { node }) => (node.children.length > best.children.length ? node : best), this.model.roots[0]);
    }

    center(node) {
      const card = this.places.get(node);
      if (!card) return;
      const { k } = d3.zoomTransform(this.svg);
      const scale = Math.max(k, 0.8);
      const { clientWidth: width, clientHeight: height } = this.canvas;
      this.show(scale, width / 2 - (card.x + card.width / 2) * scale, height / 2 - (card.y + card.height / 2) * scale);
    }

    // -- Paper -------------------------------------------------------------------------------------------------------

    toPaper(ratio) {
      this.onScreen = this.zoomed.getAttribute("transform");
      this.draw(ratio);
      d3.select(this.cardLayer).selectAll("g.chart-card").interrupt().attr("transform", ({ x, y }) => `translate(${x},${y})`);
      this.zoomed.removeAttribute("transform");
      this.svg.setAttribute("viewBox", `-8 -8 ${this.plan.width + 16} ${this.plan.height + 24}`);
    }

    toScreen() {
      this.svg.removeAttribute("viewBox");
      this.draw();
      this.zoomed.setAttribute("transform", this.onScreen);
    }
  }

  window.Orgchart.Picture = Picture;
})();
