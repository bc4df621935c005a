// Where the cards of the chart stand: folded children hang in columns, unfolded ones stand side by side in rows, so
// that 34 centres make a block and not a line of ten thousand pixels. Plain numbers, nothing is drawn here.
(() => {
  "use strict";

  const WIDTH = 224, GAP = 14, INDENT = 16, COLUMN_GAP = 22, LEVEL = 44, BLOCK_GAP = 36, ROW_LEAST = 1400, ROW_MOST = 3200, FEW = 3, HANGING = 6;
  let aspect = 1.6;

  // A block is {width, height, anchor, cards: [{node, x, y}], lines: [path]}; the anchor is where its line comes in.
  const shift = (block, dx, dy) => {
    block.cards.forEach((card) => { card.x += dx; card.y += dy; });
    block.lines.forEach((line) => line.forEach((point) => { point[0] += dx; point[1] += dy; }));
    return block;
  };

  // A card alone, or with a few folded children hanging below it.
  function hanging(node, size) {
    const tall = size(node);
    const block = { width: WIDTH, height: tall, middle: tall / 2, cards: [{ node, x: 0, y: 0, width: WIDTH, height: tall }], lines: [] };
    if (!node.isOpen || !node.children.length) return block;
    block.height += GAP;
    node.children.forEach((child) => {
      const height = size(child);
      const middle = block.height + height / 2;
      block.cards.push({ node: child, x: INDENT * 2, y: block.height, width: WIDTH, height });
      block.lines.push([[INDENT, middle], [INDENT * 2, middle]]);
      block.last = middle;
      block.height += height + GAP;
    });
    block.lines.push([[INDENT, tall], [INDENT, block.last]]);
    block.height -= GAP;
    block.width += INDENT * 2;
    return block;
  }

  // Folded and small children: columns, each hanging on a line along its left edge.
  function columns(nodes, size) {
    const items = nodes.map((node) => hanging(node, size));
    const tall = items.reduce((sum, item) => sum + item.height + GAP, 0);
    const many = Math.min(nodes.length, Math.max(1, Math.round(Math.sqrt((tall * aspect) / (WIDTH + COLUMN_GAP + INDENT)))));
    const most = tall / many;
    const block = { width: 0, height: 0, cards: [], lines: [], drops: [] };
    let x = 0, y = 0, last = 0, wide = 0;
    const close = () => {
      block.lines.push([[x, -LEVEL / 2], [x, last]]);
      block.drops.push(x);
      block.width = x + INDENT + wide;
      block.height = Math.max(block.height, y - GAP);
    };
    items.forEach((item) => {
      if (y && y + item.height / 2 > most) {
        close();
        x = block.width + COLUMN_GAP;
        y = wide = 0;
      }
      last = y + item.middle;
      block.lines.push([[x, last], [x + INDENT, last]]);
      shift(item, x + INDENT, y);
      block.cards.push(...item.cards);
      block.lines.push(...item.lines);
      y += item.height + GAP;
      wide = Math.max(wide, item.width);
    });
    close();
    block.anchor = block.drops[0];
    return block;
  }

  // Rows of blocks, about as wide as the whole should be for its height.
  function rowsOf(blocks) {
    const rows = [];
    const area = blocks.reduce((sum, block) => sum + (block.width + BLOCK_GAP) * (block.height + LEVEL), 0);
    const most = Math.min(ROW_MOST, Math.max(ROW_LEAST, Math.sqrt(area * aspect), ...blocks.map((block) => block.width)));
    blocks.forEach((block) => {
      const row = rows.at(-1);
      if (row && row.width + BLOCK_GAP + block.width <= most) {
        row.blocks.push(block);
        row.width += BLOCK_GAP + block.width;
      } else {
        rows.push({ blocks: [block], width: block.width });
      }
    });
    return rows;
  }

  function tree(node, size) {
    const own = { node, x: 0, y: 0, width: WIDTH, height: size(node) };
    const children = node.isOpen ? node.children : [];
    if (!children.length) return { width: WIDTH, height: own.height, anchor: WIDTH / 2, cards: [own], lines: [] };
    const isPlain = (child) => !child.isOpen || !child.children.length;
    const isWide = (child) => !isPlain(child) && !(child.children.length <= HANGING && child.children.every(isPlain));
    const folded = children.filter((child) => !isWide(child));
    const blocks = children.filter(isWide).map((child) => tree(child, size));
    // A few folded ones stand first, many of them after what was unfolded.
    if (folded.length) blocks.splice(folded.length > FEW ? blocks.length : 0, 0, columns(folded, size));
    return under(own, rowsOf(blocks));
  }

  // The card above its rows, with lines: down, along, and down into each block; a trunk on the left leads to more rows.
  function under(own, rows) {
    const whole = { width: 0, height: 0, cards: [own], lines: [] };
    const margin = rows.length > 1 ? INDENT : 0;
    let top = own.height + LEVEL;
    rows.forEach((row, index) => {
      let left = margin;
      const along = top - LEVEL / 2;
      const drops = [];
      row.blocks.forEach((block) => {
        shift(block, left, top);
        (block.drops ?? [block.anchor]).forEach((x) => drops.push(x + left));
        if (!block.drops) whole.lines.push([[block.anchor + left, along], [block.anchor + left, top]]);
        whole.cards.push(...block.cards);
        whole.lines.push(...block.lines);
        left += block.width + BLOCK_GAP;
      });
      row.along = along;
      row.drops = drops;
      whole.width = Math.max(whole.width, left - BLOCK_GAP);
      top += Math.max(...row.blocks.map((block) => block.height)) + (index < rows.length - 1 ? LEVEL : 0);
    });
    whole.height = top;
    const span = Math.max(...rows[0].drops) - Math.min(...rows[0].drops);
    own.x = Math.max(0, Math.min(...rows[0].drops) + span / 2 - WIDTH / 2);
    whole.width = Math.max(whole.width, own.x + WIDTH);
    whole.anchor = own.x + WIDTH / 2;
    whole.lines.push([[whole.anchor, own.height], [whole.anchor, rows[0].along]]);
    rows.forEach((row, index) => {
      const ends = index ? [0, ...row.drops] : [whole.anchor, ...row.drops, ...(margin ? [0] : [])];
      whole.lines.push([[Math.min(...ends), row.along], [Math.max(...ends), row.along]]);
    });
    if (margin) whole.lines.push([[0, rows[0].along], [0, rows.at(-1).along]]);
    return whole;
  }

  // All roots side by side. `size` gives the height of a node's card, `shape` how much wider than tall a block may be.
  function layout(roots, size, shape) {
    aspect = shape;
    const whole = { width: 0, height: 0, cards: [], lines: [] };
    roots.forEach((root) => {
      const block = shift(tree(root, size), whole.width ? whole.width + BLOCK_GAP : 0, 0);
      whole.cards.push(...block.cards);
      whole.lines.push(...block.lines);
      whole.width += block.width + (whole.width ? BLOCK_GAP : 0);
      whole.height = Math.max(whole.height, block.height);
    });
    return whole;
  }

  Object.assign(window.Orgchart, { layout, CARD_WIDTH: WIDTH });
})();
