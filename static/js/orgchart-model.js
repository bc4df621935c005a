// The organisation chart as nodes: units, positions in them, people in those. Made from the JSON of /chart/data/.
(() => {
  "use strict";

  const SEES = 1, VACANT = 2, NEW_HOLDER = 4;
  const ADDITIONAL = 1, DOUBLE = 2, NO_PAGE = 4, MARK_SHIFT = 3;
  const OVER = new Set([2, 4, 6]);
  const FEW = 12;

  const put = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);

  function decodePosts(flat) {
    const posts = [];
    for (let at = 0; at < flat.length; at += 4) {
      const flags = flat[at + 3];
      const mark = flags >> MARK_SHIFT;
      posts.push({
        person: flat[at], name: flat[at + 1], position: flat[at + 2], mark, isOver: OVER.has(mark),
        isAdditional: Boolean(flags & ADDITIONAL), isDouble: Boolean(flags & DOUBLE), hasPage: !(flags & NO_PAGE),
      });
    }
    return posts;
  }

  function pairs(flat) {
    const found = new Map();
    for (let at = 0; at < flat.length; at += 2) found.set(flat[at], flat[at + 1]);
    return found;
  }

  class Model {
    constructor(data) {
      this.data = data;
      this.words = data.words;
      this.positions = data.positions.map(([code, label, leads, dotted]) => ({ code, label, leads, dotted: dotted.map(([place, name]) => ({ place, label: name })) }));
      this.spans = pairs(data.spans);
      this.deputies = new Map();
      data.deputies.forEach(([unit, position, holder, person, name, until]) => {
        const key = `${unit}:${position}:${holder}`;
        this.deputies.set(key, [...(this.deputies.get(key) ?? []), { person, name, until }]);
      });
      this.nodes = [];
      this.units = data.units.map((row, place) => this.unit(row, place));
      this.units.forEach((node, place) => this.place(node, place));
      this.roots = this.units.filter((node) => !node.parent);
      this.roots.forEach((node) => this.descend(node, 0));
    }

    add(node) {
      node.key = `n${this.nodes.length}`;
      node.children = [];
      node.isOpen = false;
      this.nodes.push(node);
      return node;
    }

    unit([id, , kind, label, leading, flags, mark], place) {
      const posts = decodePosts(this.data.posts[place]);
      return this.add({
        type: "unit", id, label, leading, place, posts, mark, kind: this.data.kinds[kind], seesPosts: Boolean(flags & SEES),
        isVacant: Boolean(flags & VACANT), hasNewHolder: Boolean(flags & NEW_HOLDER),
        filled: this.data.filled[place], below: this.data.below[place], span: this.spans.get(place),
        established: pairs(this.data.established[place]),
        leaders: posts.filter((post) => post.position === leading && !post.isOver),
      });
    }

    // Positions stand before the units below, so that a unit's own people come first.
    place(node, place) {
      const parent = this.units[this.data.units[place][1]];
      node.parent = parent ?? null;
      const held = new Map([...node.established.keys()].map((position) => [position, []]));
      node.posts.forEach((post) => held.set(post.position, [...(held.get(post.position) ?? []), post]));
      [...held.keys()].sort((a, b) => a - b).forEach((position) => {
        const people = held.get(position).filter((post) => position !== node.leading || post.isOver);
        if (position !== node.leading || people.length) this.position(node, position, people);
      });
      parent?.children.push(node);
    }

    position(unit, position, people) {
      const isLeading = position === unit.leading;
      const node = this.add({
        type: "position", parent: unit, unit, position, label: this.positions[position].label, isLeading,
        held: people.filter((post) => !post.isOver).length, established: unit.established.get(position),
      });
      unit.children.push(node);
      people.forEach((post) => node.children.push(this.add({ type: "person", parent: node, unit, post, label: post.name })));
    }

    // Children of units are complete only when all units are placed: units after the positions of their parent.
    descend(node, depth) {
      node.depth = depth;
      node.children.sort((a, b) => (a.type === "unit") - (b.type === "unit"));
      node.dots = this.dotsOf(node);
      node.changes = (node.mark || node.post?.mark ? 1 : 0) + (node.hasNewHolder ? 1 : 0) + (node.leaders ?? []).filter((post) => post.mark).length;
      node.dotsBelow = new Map(node.dots.map((dot) => [dot.label, dot]));
      node.children.forEach((child) => {
        this.descend(child, depth + 1);
        child.dotsBelow.forEach((dot, label) => node.dotsBelow.set(label, dot));
        node.changes += child.changes;
      });
    }

    dotsOf(node) {
      if (node.type === "person") return [];
      const posts = node.type === "unit" ? node.leaders : node.children.map((child) => child.post).filter((post) => !post.isOver);
      return [...new Map(posts.flatMap((post) => this.positions[post.position].dotted).map((dot) => [dot.label, dot])).values()];
    }

    markOf(mark) {
      const [tone, word] = this.data.marks[mark];
      return { tone, text: word };
    }

    // -- What is said about a node: title, lines of text, chips with a tone ------------------------------------------

    person(post) {
      const chips = [];
      if (post.mark) chips.push(this.markOf(post.mark));
      if (!post.isOver && post.isDouble) chips.push({ tone: "purple", text: this.words.double });
      return chips;
    }

    standIns(unit, post) {
      return (this.deputies.get(`${unit.place}:${post.position}:${post.person}`) ?? []).map(({ name, until }) => ({
        tone: "azure", text: put(until ? this.words.deputy : this.words.deputy_open, { name, day: until }),
      }));
    }

    states([, , short, over]) {
      const found = [];
      if (short) found.push({ tone: "orange", text: put(this.words.short, { count: short }) });
      if (over) found.push({ tone: "red", text: put(this.words.over, { count: over }) });
      return found.length ? found : [{ tone: "green", text: this.words.full, isUsual: true }];
    }

    figures([posts, filled]) {
      return put(this.words.filled, { filled, posts });
    }

    // Lines of a card, each a list of parts: {text}, {text, tone} for a chip, {text, href} for a link.
    lines(node) {
      if (node.type === "unit") return this.unitLines(node);
      if (node.type === "position") return [this.positionLine(node), ...this.dotsElsewhere(node)];
      const standIns = this.standIns(node.unit, node.post).map((part) => [part]);
      const chips = this.person(node.post);
      return [...(chips.length ? [chips] : []), ...(node.post.isOver ? [] : standIns)];
    }

    unitLines(node) {
      const lines = [];
      if (node.mark) lines.push([this.markOf(node.mark)]);
      if (!node.seesPosts) return [...lines, [{ text: this.words.unseen, isQuiet: true }]];
      const post = node.leading < 0 ? "" : this.positions[node.leading].label;
      if (node.isVacant) lines.push([{ tone: "orange", text: this.words.vacant }, { text: post, isQuiet: true }]);
      node.leaders.forEach((leader) => {
        lines.push([{ text: leader.name, href: this.pageOf(leader), isStrong: true }, { text: post, isQuiet: true }]);
        const chips = this.person(leader);
        if (chips.length) lines.push(chips);
        this.standIns(node, leader).forEach((part) => lines.push([part]));
      });
      if (node.hasNewHolder) lines.push([{ tone: this.data.newHolder[0], text: this.data.newHolder[1] }]);
      if (node.filled) lines.push([{ text: this.figures(node.filled), isFigure: true }, ...this.states(node.filled).map((part) => ({ ...part, isMinor: Boolean(node.below) }))]);
      if (node.below) lines.push([{ text: put(this.words.below, { posts: node.below[0], filled: node.below[1] }), isFigure: true }, ...this.states(node.below)]);
      if (node.changes && node.children.length) lines.push([{ tone: "yellow", text: put(this.words.changes, { count: node.changes }) }]);
      if (node.span) lines.push([{ text: put(this.words.span, { count: node.span }), isFigure: true }]);
      return lines;
    }

    positionLine(node) {
      if (node.established === undefined) {
        const line = [{ text: put(this.words.people, { count: node.held }), isFigure: true }];
        return node.unit.filled && node.held ? [...line, { tone: "red", text: put(this.words.over, { count: node.held }) }] : line;
      }
      const gap = node.established - node.held;
      return [{ text: this.figures([node.established, node.held]), isFigure: true }, ...this.states([0, 0, Math.max(gap, 0), Math.max(-gap, 0)])];
    }

    // A dotted line that cannot be drawn, because its other end is not in this part, is said instead.
    dotsElsewhere(node) {
      return node.dots.filter(({ place }) => place < 0).map(({ label }) => [{ tone: "purple", text: put(this.words.dotted, { unit: label }) }]);
    }

    dottedWords(node) {
      return node.dots.map(({ label }) => put(this.words.dotted, { unit: label }));
    }

    // Everything in one sentence, for who rests the pointer on a card.
    sentence(node) {
      const parts = this.lines(node).flat().map((part) => part.text);
      return [node.label, ...parts, ...this.dottedWords(node)].filter(Boolean).join(", ");
    }

    pageOf(post) {
      return post.hasPage ? this.data.links.person.replace("0", post.person) : "";
    }

    // The pages that belong to a node, the main one first: [label, address].
    pages(node) {
      const { words, data: { links } } = this;
      const position = (place) => [words.position_page, links.position.replace("/x/", `/${this.positions[place].code}/`)];
      if (node.type === "person") {
        const page = this.pageOf(node.post);
        return [...(page ? [[words.person_page, page]] : []), position(node.post.position)];
      }
      if (node.type === "position") return [position(node.position)];
      const own = [[words.unit_page, links.unit.replace("0", node.id)]];
      if (!node.seesPosts) return own;
      own.push([words.staff_list, links.staff.replace("=0", `=${node.id}`)]);
      own.push([words.establishment_page, links.establishment.replace("0", node.id)]);
      node.leaders.forEach((leader) => { if (leader.hasPage) own.push([leader.name, this.pageOf(leader)]); });
      if (node.leading >= 0) own.push(position(node.leading));
      return own;
    }

    path(node) {
      const found = [];
      for (let at = node.parent; at; at = at.parent) found.unshift(at);
      return found;
    }

    // Nodes whose title holds the text; units first, then people, then positions.
    search(text) {
      const wanted = text.trim().toLowerCase();
      if (!wanted) return [];
      const order = { unit: 0, person: 1, position: 2 };
      const leaders = this.units.flatMap((unit) => unit.leaders.map((post) => ({ node: unit, post })));
      const hits = this.nodes.filter((node) => node.label.toLowerCase().includes(wanted)).map((node) => ({ node }));
      const led = leaders.filter(({ post }) => post.name.toLowerCase().includes(wanted) || this.positions[post.position].label.toLowerCase().includes(wanted));
      return [...hits.sort((a, b) => order[a.node.type] - order[b.node.type]), ...led];
    }

    // The levels that are unfolded at first, and the way down to where the reader works.
    unfoldFirst() {
      this.roots.forEach((root) => {
        root.isOpen = true;
        if (root.children.length > FEW) return;
        root.children.forEach((child) => { child.isOpen = child.children.some((below) => below.type === "unit"); });
      });
      const home = this.units[this.data.home];
      if (home && home.depth > 1) [...this.path(home), home].forEach((node) => { node.isOpen = true; });
      return home;
    }
  }

  window.Orgchart = { Model, put };
})();
