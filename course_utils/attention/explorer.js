// Starts every attention explorer that still carries its data. `exploring.script` puts `shared.js` in front of it.
const THUMB = 30, CELL = 24, STRONGEST = 5; // pixels, and how many links are told
const STYLE = `
:host { display: block; margin: 4px 0 12px; font: 13px/1.4 var(--jp-ui-font-family, system-ui, sans-serif);
  --blue: #1c76d8; --strong: color-mix(in srgb, currentColor 50%, var(--blue)); --faint: #8888; transition: color 1ms; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
i { color: var(--strong); }
p { margin: 4px 0; }
fieldset { display: inline-flex; gap: 12px; border: 0; margin: 0 28px 6px 0; padding: 0; }
legend { float: left; font-weight: 600; margin-right: 12px; }
label, .heads canvas, .row { cursor: pointer; }
input { accent-color: var(--blue); margin: 0 5px 0 0; vertical-align: -1px; }
.both { display: flex; flex-wrap: wrap; gap: 10px 32px; }
.heads, .lines { overflow: auto; max-height: 508px; padding: 4px; }
.heads { max-width: 100%; }
.heads div { display: flex; gap: 4px; margin-bottom: 4px; align-items: center; }
.heads span, .heads canvas { width: ${THUMB}px; flex: none; text-align: center; }
.heads span:first-child { width: 62px; padding-right: 6px; text-align: right; }
.heads canvas { height: ${THUMB}px; border: 1px solid var(--faint); image-rendering: pixelated; }
.heads [aria-selected=true] { outline: 3px solid var(--strong); }
.chosen { flex: 1 1 400px; min-width: 0; max-width: 760px; }
.lines { display: grid; grid-template-columns: minmax(0, 5fr) minmax(50px, 4fr) minmax(0, 5fr); }
.lines canvas { width: 100%; }
.row { display: flex; justify-content: space-between; gap: 8px; padding: 0 5px; border-radius: 3px;
  height: var(--row); line-height: var(--row); font-size: clamp(11px, var(--row) - 4px, 13px);
  background: linear-gradient(var(--to), color-mix(in srgb, var(--blue) 32%, transparent) var(--part), transparent 0); }
.row bdi { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.row span { font-variant-numeric: tabular-nums; }
.keys { --to: to right; }
.queries { --to: to left; text-align: right; }
.queries .row { flex-direction: row-reverse; }
.special { font-style: italic; }
.at { box-shadow: inset 0 0 0 2px var(--strong); font-weight: 600; }
.heat { display: block; cursor: crosshair; }
.said { min-height: 2.8em; }
.scale i { display: inline-block; width: 20px; height: 11px; margin: 0 4px 0 12px; border: 1px solid var(--faint); }
:focus-visible { outline: 3px solid #d97800 !important; }
.row:focus-visible { outline-offset: -3px; }`;

const short = text => text.length > 12 ? `${[...text].slice(0, 11).join("")}…` : text;
const opacity = part => Math.sqrt(part); // weak weights stay visible

async function unpack(map) {
  map.keys ??= map.queries;
  [map.rows, map.columns] = [map.queries.texts.length, map.keys.texts.length];
  map.layers = await Promise.all(map.weights.map(inflate));
  const size = map.rows * map.columns;
  map.head = (layer, head) => map.layers[layer].subarray(head * size, (head + 1) * size);
  return map;
}

// One head as an image of this size: the stronger, the less transparent. A pixel shows the strongest of its weights.
function paint(canvas, map, bytes, colour) {
  const { width, height } = canvas, context = canvas.getContext("2d"), most = new Uint8Array(width * height);
  const across = Uint16Array.from({ length: map.columns }, (_, k) => k * width / map.columns);
  for (let q = 0, i = 0; q < map.rows; q++) {
    const start = Math.floor(q * height / map.rows) * width;
    for (let k = 0; k < map.columns; k++, i++) {
      const at = start + across[k];
      if (bytes[i] > most[at]) most[at] = bytes[i];
    }
  }
  const image = new ImageData(width, height);
  most.forEach((byte, at) => { image.data[4 * at + 3] = 255 * opacity(byte / 255); });
  context.putImageData(image, 0, 0);
  context.globalCompositeOperation = "source-in";
  context.fillStyle = colour;
  context.fillRect(0, 0, width, height);
  context.globalCompositeOperation = "source-over";
}

// An empty canvas of this size in CSS pixels, sharp on every screen.
function clear(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1, context = canvas.getContext("2d");
  [canvas.width, canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
  canvas.style.height = `${height}px`;
  context.scale(ratio, ratio);
  return context;
}

async function start(root) {
  const data = JSON.parse(root.getAttribute("data-attention"));
  root.removeAttribute("data-attention"); // it has started
  const maps = await Promise.all(data.maps.map(unpack));
  // `pinned` and `hovered` say what is pointed at: a row {q}, a column {k}, a cell {q, k} or nothing {}.
  let map = maps[data.first], [layer, head] = data.start, view = "lines", pinned, hovered = null, pitch, drawn;
  let first = data.start[2] === null ? {} : { q: data.start[2] };
  const now = () => hovered ?? pinned;

  const heads = make("div", { class: "heads", role: "grid", "aria-label": "All heads, a row for each layer" });
  const queries = make("div", { class: "queries", role: "listbox", "aria-label": "Queries: tokens that look" });
  const keys = make("div", { class: "keys", role: "listbox", "aria-label": "Keys: tokens that are looked at" });
  const curves = make("canvas", { "aria-hidden": "true" });
  const names = make("div", { class: "lines" }, make("p", { class: "queries" }, "query (looks)"), make("p"),
    make("p", {}, "key (is looked at)"));
  const lines = make("div", { class: "lines" }, queries, curves, keys);
  const heat = make("canvas", { class: "heat", tabindex: 0, role: "application", "aria-roledescription": "heat map",
    "aria-label": "A row for each query, a column for each key. Arrow keys move, Escape leaves." });
  const scale = make("p", { class: "scale", "aria-hidden": "true" });
  const said = make("p", { class: "said", role: "status" });
  const note = make("p");
  const ink = make("i");
  const font = bold => `${bold ? "bold " : ""}12px ${getComputedStyle(said).fontFamily}`;
  const colour = () => getComputedStyle(ink).color;

  function radios(title, options, chosen, choose) {
    return make("fieldset", {}, make("legend", {}, title), ...options.map(([value, text]) => {
      const input = make("input", { type: "radio", name: title, value });
      input.checked = value === chosen;
      input.addEventListener("change", () => choose(value));
      return make("label", {}, input, text);
    }));
  }
  const controls = make("div", {}, radios("Show as", [["lines", "lines"], ["heat", "heat map"]], view, value => {
    view = value;
    draw();
  }));
  if (maps.length > 1) controls.prepend(radios("Attention", maps.map(({ kind }) => [kind, kind]), map.kind, value => {
    map = maps.find(({ kind }) => kind === value);
    show();
  }));

  // A kind of attention is chosen: all its heads, its tokens, its notes.
  function show() {
    const size = { width: Math.min(THUMB, map.columns), height: Math.min(THUMB, map.rows), role: "gridcell" };
    const thumb = (l, h) => make("canvas", { ...size, title: `Layer ${l}, head ${h}` });
    const line = (title, cells) => make("div", { role: "row" }, make("span", { role: "rowheader" }, title), ...cells);
    heads.replaceChildren(
      line("head", range(map.heads).map(h => make("span", { role: "columnheader" }, `${h}`))),
      ...map.layers.map((_, l) => line(`layer ${l}`, range(map.heads).map(h => thumb(l, h)))));
    for (const [box, tokens] of [[queries, map.queries], [keys, map.keys]]) {
      box.replaceChildren(...tokens.texts.map((text, i) => make("div", { role: "option", title: text,
        class: tokens.special.includes(i) ? "row special" : "row" }, make("bdi", {}, text), make("span"))));
    }
    pitch = Math.max(15, Math.min(20, Math.floor(500 / Math.max(map.rows, map.columns))));
    lines.style.setProperty("--row", `${pitch}px`);
    scale.replaceChildren("Weight", ...[0, 0.05, 0.25, 0.5, 1].flatMap(part => {
      const swatch = make("i");
      swatch.style.background = `color-mix(in srgb, currentColor ${100 * opacity(part)}%, transparent)`;
      return [swatch, `${+(part * map.scale).toFixed(2)}`];
    }));
    note.textContent = map.note;
    const pen = heat.getContext("2d");
    pen.font = font(true); // beside its label, room for a number
    const widths = [...map.queries.texts, ...map.keys.texts].map(text => pen.measureText(short(text)).width);
    map.margin = 42 + Math.max(...widths);
    [pinned, first] = [first, {}];
    choose(layer, head);
    thumbnails();
  }

  const cells = () => [...heads.querySelectorAll("canvas")];
  const place = index => [Math.floor(index / map.heads), index % map.heads];
  const thumbnails = () => cells().forEach((canvas, i) => paint(canvas, map, map.head(...place(i)), colour()));

  function choose(newLayer, newHead) {
    [layer, head] = [within(newLayer, map.layers.length), within(newHead, map.heads)];
    const focus = heads.contains(page.activeElement);
    cells().forEach((canvas, i) => {
      const on = i === layer * map.heads + head;
      canvas.setAttribute("aria-selected", on);
      canvas.tabIndex = on ? 0 : -1;
      if (on && focus) canvas.focus();
    });
    draw();
  }

  // The weights pointed at: those of a row, a column, or all. Of a cell, its row.
  function each({ q, k }, visit) {
    const bytes = map.head(layer, head), row = q !== undefined, column = !row && k !== undefined;
    for (let i = row ? q : 0; i < (row ? q + 1 : map.rows); i++) {
      for (let j = column ? k : 0; j < (column ? k + 1 : map.columns); j++) visit(i, j, bytes[i * map.columns + j]);
    }
  }
  const number = byte => (byte * map.scale / 255).toFixed(2);

  function draw() {
    names.hidden = lines.hidden = view !== "lines";
    heat.hidden = scale.hidden = view !== "heat";
    const at = now();
    drawn = chosen.clientWidth;
    if (view === "lines") drawLines(at);
    else drawHeat(at);
    said.textContent = describe(at);
  }

  function drawLines(at) {
    const some = at.q !== undefined || at.k !== undefined, numbers = { q: [], k: [] };
    const width = curves.clientWidth, context = clear(curves, width, pitch * Math.max(map.rows, map.columns));
    context.strokeStyle = colour();
    each(at, (q, k, byte) => {
      if (at.q !== undefined) numbers.k[k] = byte;
      else if (some) numbers.q[q] = byte;
      if (byte < (some ? 1 : 5)) return;
      const part = byte / 255, [from, to] = [(q + 0.5) * pitch, (k + 0.5) * pitch];
      context.globalAlpha = some ? opacity(part) : part;
      context.lineWidth = 0.5 + (some ? 6 : 3) * part;
      context.beginPath();
      context.moveTo(0, from);
      context.bezierCurveTo(width / 2, from, width / 2, to, width, to);
      context.stroke();
    });
    for (const [box, side] of [[queries, "q"], [keys, "k"]]) {
      [...box.children].forEach((item, i) => {
        const byte = numbers[side][i];
        item.lastChild.textContent = byte === undefined ? "" : number(byte);
        item.style.setProperty("--part", `${(byte ?? 0) / 2.55}%`);
        item.classList.toggle("at", i === at[side]);
        item.setAttribute("aria-selected", i === pinned[side]);
        item.tabIndex = i === (pinned[side] ?? 0) ? 0 : -1;
      });
    }
  }

  const cell = () => Math.min(CELL, Math.max(1, (chosen.clientWidth - map.margin - 4) / map.columns));

  function drawHeat(at) {
    const { rows, columns, margin } = map, side = cell(), [width, height] = [columns * side, rows * side];
    const context = clear(heat, margin + width + 2, margin + height + 2), bytes = map.head(layer, head);
    const image = make("canvas", { width: columns, height: rows });
    paint(image, map, bytes, colour());
    heat.style.width = `${margin + width + 2}px`;
    context.translate(margin, margin);
    context.imageSmoothingEnabled = false;
    context.drawImage(image, 0, 0, width, height);
    context.strokeStyle = colour();
    context.strokeRect(-0.5, -0.5, width + 1, height + 1);
    context.lineWidth = 2;
    if (at.q !== undefined) context.strokeRect(0, at.q * side, width, side);
    if (at.k !== undefined) context.strokeRect(at.k * side, 0, side, height);
    context.fillStyle = getComputedStyle(said).color;
    context.textBaseline = "middle";
    const label = (text, i, byte, on, turned) => {
      if (side < 11 && !on) return;
      const texts = [short(text), byte === undefined ? "" : number(byte)];
      context.save();
      if (turned) context.rotate(-Math.PI / 2);
      context.textAlign = turned ? "left" : "right";
      context.font = font(on);
      context.fillText((turned ? texts.reverse() : texts).join(" ").trim(), turned ? 5 : -5, (i + 0.5) * side);
      context.restore();
    };
    const { q, k } = at;
    map.queries.texts.forEach((text, i) =>
      label(text, i, q === undefined ? bytes[i * columns + k] : undefined, i === q, false));
    map.keys.texts.forEach((text, i) => label(text, i, bytes[q * columns + i], i === k, true));
  }

  // The same in words, for everyone and for screen readers.
  function describe(at) {
    const named = ({ texts }, i) => {
      const twice = texts.indexOf(texts[i]) !== texts.lastIndexOf(texts[i]);
      return `“\u2068${texts[i]}\u2069”${twice ? ` (token ${i})` : ""}`; // isolated from its neighbours' direction
    };
    const query = i => named(map.queries, i), key = i => named(map.keys, i), best = [];
    each(at, (q, k, byte) => {
      if (byte < 2 || (best.length === STRONGEST && byte <= best.at(-1).byte)) return;
      best.push({ q, k, byte });
      best.sort((a, b) => b.byte - a.byte).splice(STRONGEST);
    });
    const list = tell => best.map(link => `${tell(link)} ${number(link.byte)}`).join(", ") || "nothing much";
    const { q, k } = at;
    let text = `strongest links ${list(link => `${query(link.q)} → ${key(link.k)}`)}. Point at a token`;
    if (q !== undefined) text = `${query(q)} looks most at ${list(link => key(link.k))}`;
    else if (k !== undefined) text = `${key(k)} is looked at most by ${list(link => query(link.q))}`;
    if (q !== undefined && k !== undefined) {
      text = `${query(q)} gives ${key(k)} ${number(map.head(layer, head)[q * map.columns + k])}. ${text}`;
    }
    return `Layer ${layer}, head ${head}: ${text}.`;
  }

  // Mouse and keyboard.
  const hover = at => { hovered = at; draw(); };
  const pin = at => { [pinned, hovered] = [at, null]; draw(); };
  const step = event => ({ ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] })[event.key];

  heads.addEventListener("click", event => {
    const index = cells().indexOf(event.target);
    if (index < 0) return;
    event.target.focus();
    choose(...place(index));
  });
  heads.addEventListener("keydown", event => {
    const [down, right] = step(event) ?? [];
    if (down === undefined) return;
    event.preventDefault();
    choose(layer + down, head + right);
  });
  for (const [box, side, other, away] of [[queries, "q", keys, "ArrowRight"], [keys, "k", queries, "ArrowLeft"]]) {
    const index = event => [...box.children].indexOf(event.target.closest("[role=option]"));
    const go = i => { pin({ [side]: i }); box.children[i].focus(); };
    box.addEventListener("mouseover", event => { if (index(event) >= 0) hover({ [side]: index(event) }); });
    box.addEventListener("mouseleave", () => hover(null));
    box.addEventListener("click", event => { if (index(event) >= 0) go(index(event)); });
    box.addEventListener("focusin", event => { if (pinned[side] !== index(event)) pin({ [side]: index(event) }); });
    box.addEventListener("keydown", event => {
      const i = index(event), count = box.children.length;
      const to = { ArrowUp: i - 1, ArrowDown: i + 1, Home: 0, End: count - 1 }[event.key];
      if (to !== undefined) go(within(to, count));
      else if (event.key === away) other.querySelector("[tabindex='0']").focus();
      else if (event.key === "Escape") pin({});
      else return;
      event.preventDefault();
    });
  }
  const pointed = event => {
    const index = (place, count) => place < 0 ? undefined : within(Math.floor(place / cell()), count);
    return { q: index(event.offsetY - map.margin, map.rows), k: index(event.offsetX - map.margin, map.columns) };
  };
  heat.addEventListener("mousemove", event => hover(pointed(event)));
  heat.addEventListener("mouseleave", () => hover(null));
  heat.addEventListener("click", event => pin(pointed(event)));
  heat.addEventListener("keydown", event => {
    const [down, right] = step(event) ?? [], { q, k } = pinned;
    if (event.key === "Escape") pin({});
    else if (down === undefined) return;
    else if (q === undefined || k === undefined) pin({ q: q ?? 0, k: k ?? 0 });
    else pin({ q: within(q + down, map.rows), k: within(k + right, map.columns) });
    event.preventDefault();
  });

  const chosen = make("div", { class: "chosen" }, names, lines, heat, scale, said);
  const page = root.attachShadow({ mode: "open" });
  const both = make("div", { class: "both" }, heads, chosen);
  page.append(make("style", {}, STYLE), controls, both, note, ink, make("slot"));
  root.querySelector("p")?.remove(); // it says that the explorer is missing
  root.querySelector("details")?.removeAttribute("open");
  show();
  new ResizeObserver(() => { if (chosen.clientWidth !== drawn) draw(); }).observe(chosen);
  // The theme has changed: canvases are drawn anew in its colours.
  root.addEventListener("transitionend", event => {
    if (event.target === root && event.propertyName === "color") { thumbnails(); draw(); }
  });
}

document.querySelectorAll("[data-attention]").forEach(start);
