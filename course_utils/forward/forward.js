// Starts every page of a forward pass that still carries its data. `exploring.script` puts `shared.js` in front of it.
const LEVELS = 12, SHOWN = 15; // shades of a heat map, and tokens whose probability is shown
const STYLE = `
:host { display: block; container-type: inline-size; margin: 4px 0 12px;
  font: 13px/1.4 var(--jp-ui-font-family, system-ui, sans-serif);
  --blue: #1c76d8; --strong: color-mix(in srgb, currentColor 50%, var(--blue)); --faint: #8888; --hue: #6b7280;
  --ink: color-mix(in srgb, var(--hue) 68%, currentColor); }
* { box-sizing: border-box; --ink: color-mix(in srgb, var(--hue) 68%, currentColor); }
[hidden] { display: none !important; }
p, h3, h4, ol { margin: 0; padding: 0; }
h3 { font-size: 18px; }
h4 { font-size: 13px; margin: 8px 0 4px; }
button, input, table { font: inherit; color: inherit; }
input { accent-color: var(--blue); }
button { cursor: pointer; border: 1px solid var(--faint); border-radius: 4px; background: transparent; }
[aria-disabled=true] { cursor: default; opacity: .5; }
table { border-collapse: collapse; background: transparent !important; font-variant-numeric: tabular-nums; }
th, td { padding: 1px 8px !important; text-align: right; background: transparent !important; border: 0; }
th:first-child { text-align: left; font-weight: inherit; }
thead th { font-weight: 600 !important; border-bottom: 1px solid var(--faint); }
bdi { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.name { display: inline-block; max-width: 130px; vertical-align: bottom; }
.model { font-size: 15px; font-weight: 600; margin-bottom: 8px; }
.bar { display: grid; grid-template-columns: 96px minmax(0, 1fr); gap: 4px 12px; align-items: center; margin-bottom: 10px; }
.bar > span { font-weight: 600; }
.tokens, .heads, .pieces { display: flex; flex-wrap: wrap; gap: 4px; max-height: 96px; overflow: auto; padding: 3px; }
.pieces { max-height: 320px; gap: 6px; }
.tokens > *, .pieces > * { padding: 1px 7px; border: 1px solid var(--faint); border-radius: 4px; cursor: pointer; max-width: 160px; }
.pieces > * { display: grid; text-align: center; background: color-mix(in srgb, var(--hue) 22%, transparent); }
.pieces bdi { font-size: 16px; }
.special { font-style: italic; }
[aria-selected=true], [aria-checked=true] { outline: 3px solid var(--strong); font-weight: 600; }
.heads > * { width: 40px; border: 1px solid var(--faint); cursor: pointer; text-align: center; font-size: 12px; line-height: 15px; }
.heads svg { display: block; width: 100%; height: 38px; }
.layer { display: flex; gap: 10px; align-items: center; flex-wrap: wrap; }
.layer input { width: min(320px, 100%); }
.radios { display: flex; gap: 14px; border: 0; margin: 0; padding: 0; }
.main { display: grid; grid-template-columns: 196px minmax(0, 1fr); gap: 8px 22px; border-top: 1px solid var(--faint); padding-top: 10px; }
.map ol { list-style: none; border-left: 5px solid var(--faint); padding-left: 12px; margin-left: 7px; }
.map h4 { margin: 6px 0 2px; }
.map button { display: flex; gap: 7px; align-items: center; width: 100%; border: 0; padding: 1px 5px; text-align: left; position: relative; line-height: 1.3; }
.map button::before { content: ""; width: 9px; height: 13px; flex: none; background: var(--ink); border-radius: 2px; }
.map .adds::after { content: "+"; content: "+" / ""; position: absolute; left: -23px; width: 15px; height: 15px; border-radius: 50%; line-height: 12px; text-align: center;
  border: 1.5px solid currentColor; font-weight: 700; }
.map [aria-current] { background: color-mix(in srgb, var(--blue) 22%, transparent); font-weight: 600; }
.go { display: flex; gap: 8px; align-items: center; margin-bottom: 8px; flex-wrap: wrap; }
.go button { padding: 4px 14px; font-weight: 600; }
.step { min-width: 0; min-height: 520px; }
.step > p { max-width: 74ch; margin: 2px 0 6px; }
.says { font-size: 15px; }
.facts { font-size: 12px; }
.then:empty { display: none; }
.then { font-weight: 600; }
.rows { display: grid; gap: 2px 10px; grid-template-columns: minmax(50px, 130px) minmax(0, 1fr) 66px; align-items: center; overflow: auto; max-height: 430px; padding: 3px; }
.rows svg { width: 100%; height: 18px; display: block; }
.rows .on { font-weight: 600; }
.rows svg.on, .sum svg { height: 52px; }
.rows .whose { text-align: right; cursor: pointer; }
.rows .most { font-variant-numeric: tabular-nums; }
.sum { max-width: 760px; margin-bottom: 8px; grid-template-columns: minmax(50px, 190px) minmax(0, 1fr) 66px; }
.mix { grid-template-columns: minmax(50px, 130px) 96px minmax(0, 1fr) 66px; }
.mix svg { height: 24px; }
.share { position: relative; text-align: right; padding: 0 4px; border: 1px solid var(--faint);
  background: linear-gradient(to right, color-mix(in srgb, var(--hue) 50%, transparent) var(--part), transparent 0); }
svg path, svg pattern path { fill: var(--ink); }
.line { fill: none; stroke: currentColor; stroke-width: 1; vector-effect: non-scaling-stroke; opacity: .45; }
.pair { display: flex; flex-wrap: wrap; gap: 12px 28px; align-items: flex-start; }
.heat { overflow: visible; cursor: crosshair; touch-action: none; max-width: 100%; }
.heat text { fill: currentColor; font-size: 12px; }
.heat .on { font-weight: 700; }
.mark { fill: none !important; stroke: currentColor; stroke-width: 2; }
.scroll { overflow: auto; max-height: 430px; }
.now { font-weight: 600; }
tr.on > *, .guess tr[aria-current] > * { background: color-mix(in srgb, var(--blue) 18%, transparent) !important; }
.said { min-height: 1.4em; margin: 2px 0 8px !important; font-weight: 600; }
.sliders { display: grid; grid-template-columns: 100px minmax(80px, 300px) 60px; gap: 4px 10px; margin: 6px 0; }
.drawn { margin: 4px 0 8px !important; }
.drawn button { padding: 2px 10px; }
.drawn bdi { margin-left: 8px; }
.probs { display: grid; grid-template-columns: minmax(70px, 150px) minmax(0, 420px) 60px; gap: 3px 8px; align-items: center; }
.probs i { display: block; height: 15px; background: var(--ink); min-width: 1px; }
.probs .gone { text-decoration: line-through; opacity: .75; }
.guess { max-height: 300px; overflow: auto; border-top: 1px solid var(--faint); margin-top: 8px; }
.guess button { border: 0; text-decoration: underline; padding: 0 4px; }
:focus-visible { outline: 3px solid #d97800 !important; outline-offset: 1px; }
@container (max-width: 640px) {
  .main { grid-template-columns: minmax(0, 1fr); }
  .map { display: grid; grid-template-columns: 1fr 1fr; gap: 0 12px; max-height: 220px; overflow: auto; }
  .map > div:nth-child(2) { grid-row: span 2; }
  .bar { grid-template-columns: minmax(0, 1fr); }
}`;

const draws = (tag, attributes = {}, ...children) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};
const product = numbers => numbers.reduce((total, number) => total * number, 1);
const largest = numbers => numbers.reduce((most, number) => Math.max(most, Math.abs(number)), 0);
// A number with the digits that are known: numbers are stored in steps, `fine` apart.
const write = (number, fine = Math.abs(number) / 200) => {
  const digits = within(Math.ceil(-Math.log10(fine || 1)), 7);
  return number.toFixed(digits).replace(/^-(0\.?0*)$/, "$1").replace("-", "−");
};
const percent = share => share < 0.001 ? "< 0.1 %" : `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`;
const quoted = text => `“\u2068${text}\u2069”`; // isolated from its neighbours' direction

// Numbers whose upper 16 bits are given.
const floats = upper => new Float32Array(Uint32Array.from(upper, bits => bits << 16).buffer);

function stageOf([name, shape, where, sum]) {
  const size = shape.at(-1), mask = name.endsWith("mask"), map = mask || /(scores|weights|bias)$/.test(name);
  const step = map ? 1 : Math.ceil(size / (shape.length === 2 ? 32 : 16));
  return { name, shape, where, sum, map, mask, step, cells: Math.ceil(size / step), heads: shape.length === 3 ? shape[0] : 1 };
}

// Gives each stage its numbers: of each row the smallest and the largest, then a byte for where between them one lies.
function fill(bytes, stages) {
  let at = 0;
  const take = count => bytes.subarray(at, at += count);
  for (const stage of stages) {
    if (stage.name.endsWith("mix")) {
      mixer(stage, stages);
      continue;
    }
    const rows = product(stage.shape.slice(0, -1)), { cells, heads } = stage, each = rows / heads;
    const weights = stage.name.endsWith("weights");
    const bounds = stage.mask || weights ? null : floats(new Uint16Array(take(4 * rows).slice().buffer));
    const codes = take(rows * cells);
    // The numbers of a token, in a head of `of`: several heads may share one.
    stage.row = (token, head = 0, of = heads) => {
      const row = Math.floor(head * heads / of) * each + token, found = codes.subarray(row * cells, (row + 1) * cells);
      if (stage.mask) return found;
      const low = weights ? 0 : bounds[row], step = weights ? 1 / 255 : (bounds[rows + row] - low) / (stage.map ? 255 : 127);
      return Object.assign(Float32Array.from(found, code => low + step * code), { fine: step / 2 });
    };
  }
}

// The mix is not stored: it is the sum of the values, each times its weight.
function mixer(stage, stages) {
  const find = word => stages.findLast(({ name }) => name.startsWith(stage.name.replace("mix", word))), [weights, value] = [find("weights"), find("value")];
  stage.row = (token, head, of) => {
    const sum = new Float32Array(stage.cells);
    weights.row(token, head, of).forEach((weight, k) => value.row(k, head, of).forEach((number, i) => { sum[i] += weight * number; }));
    return Object.assign(sum, { fine: largest(sum) / 127 });
  };
}

async function unpack(text) {
  const [header, ...chunks] = await Promise.all(text.split(".").map(inflate));
  const data = JSON.parse(new TextDecoder().decode(header));
  for (const tower of data.towers) {
    for (const part of ["before", "after"]) tower[part] = tower[part].map(stageOf).filter(stage => stage.name !== "logits");
    fill(chunks.shift(), tower.before);
    tower.blocks = tower.blocks.map(({ stages, scaling }, n) => {
      const all = stages.map(stageOf), kept = tower.kept[n];
      const stored = all.filter((stage, i) => kept === 2 || (kept ? stage.name.endsWith("weights") : i === all.length - 1));
      fill(chunks.shift(), stored);
      return { all, stored, scaling, kept };
    });
    fill(chunks.shift(), tower.after);
    tower.heads = Math.max(...tower.blocks[0].all.map(stage => stage.heads));
  }
  return data;
}

// Bars that stand up from a line or hang from it: no colour is needed to tell the signs apart.
function strip(numbers, most, cells = numbers.length) {
  const path = [...numbers].map((number, i) => `M${i + 0.08} 1v${-number / (most || 1) * 0.97}h.84V1z`).join("");
  return draws("svg", { viewBox: `0 0 ${cells} 2`, preserveAspectRatio: "none", "aria-hidden": true },
    draws("path", { d: path }), draws("path", { class: "line", d: `M0 1h${numbers.length}` }));
}

// Squares of a heat map as one path for each shade. `part(q, k)` is 0 to 1, or null: hidden.
function shades(rows, columns, part) {
  const paths = range(LEVELS + 1).map(() => []), hidden = [];
  for (const q of range(rows)) for (const k of range(columns)) {
    const share = part(q, k), square = `M${k} ${q}h1v1h-1z`;
    if (share === null) hidden.push(`M${k + 0.2} ${q + 0.2}l.6 .6m0 -.6l-.6 .6`);
    else paths[Math.round(share * LEVELS)].push(square);
  }
  return [...paths.map((path, level) => draws("path", { d: path.join(""), "fill-opacity": level / LEVELS })).slice(1),
    draws("path", { class: "line", d: hidden.join("") })];
}

async function start(root) {
  const text = root.getAttribute("data-forward");
  root.removeAttribute("data-forward"); // it has started
  const data = await unpack(text), { towers, names, texts } = data, last = towers.length - 1;
  let { tower, layer, head, token } = data.start, at = 0, key = null; // `key` is the token pointed at in a map
  const settings = { temperature: 1, top_k: 51, top_p: 1 };
  // In a widget each new sentence is a new page: what is around it keeps the place.
  const shelf = window.frameElement?.closest(".widget-html, .jupyter-widgets");
  const now = () => towers[tower], block = () => now().blocks[layer];

  const said = make("p", { class: "said", role: "status" });
  const view = make("div"), title = make("h3"), says = make("p", { class: "says" }), facts = make("p", { class: "facts" });
  const then = make("p", { class: "then" });
  const place = make("span"), guesses = make("div", { class: "guess", tabindex: 0, role: "region", "aria-label": "The guess after every layer" });
  const tokens = make("div", { class: "tokens", role: "listbox", "aria-orientation": "horizontal", "aria-label": "Token that is followed" });
  const heads = make("div", { class: "heads", role: "radiogroup", "aria-label": "Head" });
  const slider = make("input", { type: "range", min: 0, "aria-label": "Layer" }), which = make("span");
  const map = make("nav", { class: "map", "aria-label": "All steps" });
  const back = make("button", { type: "button" }, "← Back"), next = make("button", { type: "button" }, "Next →");
  const hue = name => `--hue: ${names[name][2]}`;
  const called = name => names[name][0];

  // What dot products are multiplied by to give these scores; null where nothing is.
  const scalingOf = ({ scaling }, { name }) => /^(cross-attention )?scores$/.test(name) && Math.abs(scaling - 1) > 1e-6 ? scaling : null;

  // --- the steps: of one tower and one layer, in order ---
  function stepsOf(t, l) {
    const { before, blocks, after } = towers[t], of = part => stage => ({ part, name: stage.name, stage });
    const inside = blocks[l].stored.flatMap(stage => {
      const scale = scalingOf(blocks[l], stage), step = { part: "layer", name: stage.name, stage };
      return scale ? [{ ...step, name: "dot product", scale }, step] : [step];
    });
    const end = t === last && data.logits ? ["logits", "probabilities"] : [];
    return [{ part: "before", name: "tokens" }, ...before.map(of("before")), ...inside, ...after.map(of("after")),
      ...end.map(name => ({ part: "after", name }))];
  }
  const steps = () => stepsOf(tower, layer);

  // The step after or before this one: through all layers, then through the next tower. Null at an end.
  function neighbour(by) {
    const here = steps(), to = at + by, layers = now().blocks.length;
    const first = (t, l, part) => stepsOf(t, l).findIndex(step => step.part === part);
    const final = (t, l, part) => stepsOf(t, l).findLastIndex(step => step.part === part);
    if (!here[to]) {
      const t = tower + by;
      if (!towers[t]) return null;
      const l = by > 0 ? 0 : towers[t].blocks.length - 1;
      return { tower: t, layer: l, at: by > 0 ? 0 : stepsOf(t, l).length - 1 };
    }
    if (here[to].part === here[at].part) return { tower, layer, at: to };
    if (here[at].part === "layer" && 0 <= layer + by && layer + by < layers) {
      return { tower, layer: layer + by, at: (by > 0 ? first : final)(tower, layer + by, "layer") };
    }
    if (here[to].part === "layer") {
      const l = by > 0 ? 0 : layers - 1;
      return { tower, layer: l, at: (by > 0 ? first : final)(tower, l, "layer") };
    }
    return { tower, layer, at: to };
  }

  function go(to) {
    if (!to) return;
    const moved = to.tower !== undefined && to.tower !== tower;
    const step = steps()[at];
    ({ tower = tower, layer = layer, at = at, head = head, token = token } = to);
    layer = within(layer, now().blocks.length);
    if (moved) [token, head, key] = [to.token ?? first(tower), 0, null];
    if (to.layer !== undefined && to.at === undefined) { // another layer: the same step, where that layer has it
      const same = steps().findIndex(({ part, name }) => part === step.part && name === step.name);
      at = same >= 0 && step.part === "layer" ? same : steps().findLastIndex(({ part }) => part === "layer");
    }
    at = within(at, steps().length);
    show();
  }
  const first = t => Math.max(0, range(towers[t].tokens.length).findLast(i => !towers[t].special.includes(i)) ?? 0);

  // --- what a step shows ---
  const crosses = name => name.startsWith("cross-attention");
  // The tokens that the rows of a stage belong to, and those of its columns.
  const owners = ({ name }) => crosses(name) && / (key|value)/.test(name) ? towers[0] : now();
  const looked = ({ name }) => crosses(name) ? towers[0] : now();
  const numbers = (stage, i = token) => stage.row(i, head, now().heads);
  const cell = (row, i) => write(row[i], row.fine);
  const own = stage => owners(stage) === now();
  const part = name => crosses(name) ? "cross-attention " : "";

  function tells(svg, stage, values, whose) {
    const under = event => within(Math.floor((event.clientX - svg.getBoundingClientRect().left) / svg.clientWidth * stage.cells), values.length);
    svg.addEventListener("pointermove", event => {
      const i = under(event);
      said.textContent = `${whose}, number ${i * stage.step + 1} of ${stage.shape.at(-1)}: ${write(values[i], values.fine)}`;
    });
    return svg;
  }
  const label = (text, attributes = {}) => make("bdi", { title: text, ...attributes }, text);
  const line = (name, stage, values, most = largest(values), whose = name) => [
    label(name, { class: "whose" }), tells(strip(values, most, stage.cells), stage, values, whose),
    make("span", { class: "most" }, `±${write(most, most / 50)}`)];

  function vectors(step) {
    const { stage } = step, { tokens: all } = owners(stage);
    const rows = all.map((name, i) => {
      const values = numbers(stage, i), parts = line(name, stage, values, largest(values), quoted(name));
      if (own(stage)) parts[0].addEventListener("click", () => go({ token: i }));
      if (own(stage) && i === token) parts.forEach(part => part.classList.add("on"));
      return parts;
    });
    const legend = "A line for each token, a bar for each number: up is positive, down is negative. Point at a bar to read it.";
    const groups = [sums(step), make("p", {}, legend), make("div", { class: "rows", style: hue(step.name) }, ...rows.flat())];
    const mine = numbers(stage, own(stage) ? token : 0), values = [...mine].map(number => write(number, mine.fine)).join(", ");
    const whole = stage.step === 1 ? `The ${stage.cells} numbers` : `${stage.cells} of the ${stage.shape.at(-1)} numbers`;
    groups.push(make("details", {}, make("summary", {}, `${whole} of ${quoted(all[own(stage) ? token : 0])}`), values));
    return groups.filter(Boolean);
  }

  // What came in, what is added and what comes out, on one scale; or what a norm takes and gives.
  function sums({ part, stage }) {
    if (part === "layer" && block().kept < 2) return null;
    const all = part === "layer" ? block().stored : now()[part], here = all.indexOf(stage);
    const before = part === "layer" ? layer && now().blocks[layer - 1] : now().blocks.at(-1);
    const came = part === "before" ? null : before ? before.stored.find(stage => stage === before.all.at(-1)) : now().before.at(-1);
    const norm = stage.name.endsWith("norm") && stage.shape.length === 2 && !stage.sum.length;
    const from = norm ? [here - 1] : stage.sum, taken = from.map(i => i < 0 ? came : all[i]);
    if (!taken.length || taken.some(one => one && one.shape.length !== 2) || norm && !taken[0]) return null;
    const known = taken.map(one => one && numbers(one)), end = numbers(stage);
    // What came in is not stored where the layer before is not: it is what was not added.
    const rest = known.map(one => one ?? end.map((number, i) => known.reduce((left, other) => left - (other?.[i] ?? 0), number)));
    const every = [...rest, end], most = Math.max(...every.map(largest));
    const residual = stage.name.endsWith("residual"), stream = "the stream";
    const names = [...from.map((i, n) => i < 0 || residual && !n ? stream : called(all[i].name)), residual ? stream : called(stage.name)];
    const signs = norm ? ["", "→ "] : [...from.map((_, i) => i ? "+ " : ""), "= "];
    const rows = every.map((values, i) => {
      const parts = line(signs[i] + names[i], stage, values, norm ? largest(values) : most);
      parts[1].setAttribute("style", hue((taken[i] ?? stage).name));
      return parts;
    });
    return make("div", { class: "rows sum" }, ...rows.flat());
  }

  // The stages with a number for each pair of tokens, up to this one: the columns of a table, and the squares of a map.
  function columns(step) {
    const { stored } = block(), found = [];
    for (const stage of stored.filter(({ name, map }) => map && part(name) === part(step.stage.name))) {
      const scale = scalingOf(block(), stage);
      if (scale) {
        const row = (...given) => {
          const scores = stage.row(...given);
          return Object.assign(scores.map(number => number / scale), { fine: scores.fine / scale });
        };
        found.push({ ...stage, name: "dot product", row });
        if (step.name === "dot product") return found;
      }
      found.push(stage);
      if (stage === step.stage) return found;
    }
    return found;
  }

  // The token pointed at, or else the one that gets the largest weight.
  function keyOf({ stage: { name } }) {
    const weights = block().stored.find(stage => stage.name === `${part(name)}weights`), row = [...numbers(weights)];
    return key === null ? row.indexOf(Math.max(...row)) : within(key, row.length);
  }

  function pairs(step) {
    const found = columns(step), current = found.at(-1), keys = looked(step.stage).tokens, queries = now().tokens, k0 = keyOf(step);
    const mask = found.find(stage => stage.mask), hides = (q, k) => mask && mask.row(q, head, now().heads)[k] > 0;
    const rows = queries.map((_, q) => numbers(current, q)), weights = current.name.endsWith("weights");
    const visible = current.mask ? [] : rows.flatMap((row, q) => [...row].filter((_, k) => !hides(q, k)));
    const low = weights ? 0 : visible.reduce((a, b) => Math.min(a, b), Infinity);
    const high = weights ? 1 : visible.reduce((a, b) => Math.max(a, b), -Infinity);
    const share = (q, k) => hides(q, k) ? null : current.mask ? 0 : weights ? Math.sqrt(rows[q][k]) : (rows[q][k] - low) / (high - low || 1);
    const shown = stage => k => stage.mask ? (hides(token, k) ? "hidden" : "may see") : cell(numbers(stage), k);
    const head1 = make("tr", {}, make("th", { scope: "col" }, `${quoted(queries[token])} looks at`),
      ...found.map(stage => make("th", { scope: "col", class: stage === current ? "now" : "" }, stage.name.replace("cross-attention ", ""))));
    const body = keys.map((name, k) => {
      const row = make("tr", { class: k === k0 ? "on" : "" }, make("th", { scope: "row" }, label(name, { class: "name" })),
        ...found.map(stage => make("td", { class: stage === current ? "now" : "" }, shown(stage)(k))));
      if (weights) row.lastChild.setAttribute("style", `${hue(current.name)}; background: linear-gradient(to right,
        color-mix(in srgb, var(--hue) 50%, transparent) ${100 * rows[token][k]}%, transparent 0) !important`);
      row.addEventListener("pointerenter", () => point(token, k, false));
      return row;
    });
    const table = make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "The row of the chosen token" },
      make("table", {}, make("thead", {}, head1), make("tbody", {}, ...body)));
    const tell = (q, k) => {
      const [one, other] = [quoted(queries[q]), quoted(keys[k])], value = stage => cell(numbers(stage, q), k);
      if (current.mask) return hides(q, k) ? `${one} must not see ${other}: its score is hidden.` : `${one} may see ${other}: its score stays.`;
      if (weights) return `${one} gives ${other} the weight ${value(current)}, of 1 together.`;
      if (current.name === "dot product") return `The query of ${one} and the key of ${other}: all products add up to ${value(current)}.`;
      const scale = scalingOf(block(), current);
      if (scale && found.length > 1) return `${one} and ${other}: ${value(found.at(-2))} × ${write(scale)} = ${value(current)}.`;
      return `${one} and ${other}: ${value(current)}.`;
    };
    const picture = heat(queries, keys, share, tell, k0);
    const group = [make("div", { class: "pair", style: hue(step.name) }, picture, table)];
    if (step.name === "dot product") group.push(multiplied(step));
        said.textContent = tell(token, k0);
    const legend = current.mask ? "A cross: hidden." : "The stronger the colour, the larger the number.";
    return [make("p", {}, `A row for each token that looks, a column for each that is looked at. ${legend} Point at a square, or go there with the arrow keys.`), ...group];
  }

  // A query, a key, and their products.
  function multiplied(step) {
    const { stored } = block(), before = stored.slice(0, stored.indexOf(step.stage));
    const find = word => before.findLast(({ name }) => name.includes(word)), [query, other] = [find("query"), find("key")];
    const k = keyOf(step), keys = looked(step.stage).tokens, a = numbers(query), b = numbers(other, k);
    const rows = [[`query of ${quoted(now().tokens[token])}`, query, a], [`× key of ${quoted(keys[k])}`, other, b],
      ["= their products", query, a.map((number, i) => number * b[i])]];
    const parts = rows.map(([name, stage, values], i) => {
      const cells = line(name, stage, values);
      cells[1].setAttribute("style", i === 2 ? "" : hue(stage.name));
      return cells;
    });
    const few = query.step > 1 ? ` ${query.cells} of ${query.shape.at(-1)} are drawn.` : "";
    return make("div", {}, make("h4", {}, `Number by number, then added up.${few}`), make("div", { class: "rows sum" }, ...parts.flat()));
  }

  // A map [query, key] with names; the chosen token's row is framed.
  function heat(queries, keys, share, tell, k0) {
    const side = within(Math.floor(400 / Math.max(queries.length, keys.length)), 23), named = side > 11;
    const short = text => [...text].length > 9 ? `${[...text].slice(0, 8).join("")}…` : text, room = named ? 78 : 4;
    const [width, height] = [room + side * keys.length + 2, room + side * queries.length + 2];
    const frame = (x, y, across, down) => draws("rect", { class: "mark", x: room + x * side, y: room + y * side, width: across * side, height: down * side });
    const svg = draws("svg", { class: "heat", width, height, viewBox: `0 0 ${width} ${height}`, tabindex: 0, role: "application", "data-keep": "heat",
      "aria-roledescription": "heat map", "aria-label": "A row for each token that looks, a column for each that is looked at. Arrow keys move." },
      draws("g", { transform: `translate(${room} ${room}) scale(${side})` }, ...shades(queries.length, keys.length, share)),
      draws("rect", { class: "mark", "stroke-opacity": 0.4, x: room, y: room, width: side * keys.length, height: side * queries.length }));
    if (named) {
      queries.forEach((text, q) => svg.append(draws("text", { x: room - 5, y: room + (q + 0.5) * side + 4, "text-anchor": "end", class: q === token ? "on" : "" }, short(text))));
      keys.forEach((text, k) => svg.append(draws("text", { transform: `translate(${room + (k + 0.5) * side + 4} ${room - 5}) rotate(-90)`, class: k === k0 ? "on" : "" }, short(text))));
    }
    svg.append(frame(0, token, keys.length, 1), frame(k0, token, 1, 1));
    const pointed = event => {
      const box = svg.getBoundingClientRect(), scale = width / box.width;
      const [k, q] = [event.clientX - box.left, event.clientY - box.top].map(pixels => Math.floor((pixels * scale - room) / side));
      return q >= 0 && k >= 0 && q < queries.length && k < keys.length ? [q, k] : null;
    };
    svg.addEventListener("pointermove", event => { const found = pointed(event); if (found) said.textContent = tell(...found); });
    svg.addEventListener("click", event => { const found = pointed(event); if (found) point(...found); });
    svg.addEventListener("keydown", event => {
      const by = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
      if (!by) return;
      event.preventDefault();
      point(within(token + by[0], queries.length), within(k0 + by[1], keys.length));
    });
    return svg;
  }
  function point(q, k, redraw = true) {
    if (!redraw && key === k) return;
    [token, key] = [q, k];
    show();
  }

  // The weighted sum: each value by its weight, on one scale.
  function mixes(step) {
    const { stored } = block(), find = word => stored.findLast(({ name }) => name.startsWith(part(step.name) + word));
    const [weights, value] = [find("weights"), find("value")], row = numbers(weights), keys = looked(step.stage).tokens;
    const scaled = keys.map((_, k) => numbers(value, k).map(number => number * row[k])), sum = numbers(step.stage);
    const most = Math.max(largest(sum), ...scaled.map(largest));
    const rows = keys.flatMap((name, k) => {
      const [whose, bars, scale] = line(name, value, scaled[k], most, `The value of ${quoted(name)} × ${cell(row, k)}`);
      scale.textContent = "";
      return [whose, make("span", { class: "share", style: `${hue(weights.name)}; --part: ${100 * row[k]}%` }, cell(row, k)), bars, scale];
    });
    const [, bars, scale] = line("mix", step.stage, sum, most, "The mix");
    [bars, scale].forEach(one => one.classList.add("on"));
    const heading = ["is the sum of", "weight", "weight × value", ""].map(text => make("strong", {}, text));
    heading[0].classList.add("whose");
    return [make("div", { class: "rows mix", style: hue(step.name) }, make("span", { class: "whose on" }, "The mix"), make("span"), bars, scale, ...heading, ...rows)];
  }

  function pieces() {
    const { tokens: all, ids, special } = now();
    const boxes = all.map((text, i) => {
      const box = make("span", { class: special.includes(i) ? "special" : "" }, label(text), ids.length ? `number ${ids[i]}` : "", make("br"), `position ${i}`);
      box.addEventListener("click", () => go({ token: i }));
      return box;
    });
    return [make("div", { class: "pieces", style: hue("tokens") }, ...boxes)];
  }

  // The largest logits, or their probabilities under the sliders.
  function chances(step) {
    const [places, logits, rest] = data.logits[token], { temperature, top_k, top_p } = settings;
    const bars = make("div", { class: "probs", style: hue(step.name) });
    const draw = () => {
      const { shares, others, note } = step.name === "logits" ? { shares: logits } : sampled(logits, rest);
      const most = largest(shares);
      const rows = range(Math.min(SHOWN, places.length)).flatMap(i => {
        const number = step.name === "logits" ? write(shares[i]) : percent(shares[i]), gone = step.name !== "logits" && !shares[i];
        return [label(texts[places[i]], { class: gone ? "gone" : "" }),
          make("i", { style: `width: ${Math.max(0, 100 * shares[i] / most)}%` }), make("span", {}, gone ? "left out" : number)];
      });
      if (step.name !== "logits") {
        const small = shares.slice(SHOWN).reduce((sum, share) => sum + share, 0) + others;
        rows.push(make("em", {}, "all others"), make("i", { style: `width: ${100 * Math.min(1, small / most)}%` }), make("span", {}, percent(small)));
      }
      bars.replaceChildren(...rows);
      said.textContent = note ?? "";
    };
    draw();
    const lead = now().kind === "decoder" ? `What may come after ${quoted(now().tokens[token])}:` : `What may stand in the place of ${quoted(now().tokens[token])}:`;
    const group = [make("p", {}, lead), bars];
    if (step.name === "logits" || now().kind !== "decoder") return group;
    const control = (name, title, low, high, by, tell) => {
      const input = make("input", { type: "range", min: low, max: high, step: by, value: settings[name], "aria-label": title });
      const output = make("output", {}, tell(settings[name]));
      input.addEventListener("input", () => {
        settings[name] = +input.value;
        output.textContent = tell(settings[name]);
        input.setAttribute("aria-valuetext", output.textContent);
        draw();
      });
      return [make("span", {}, title), input, output];
    };
    const sliders = make("div", { class: "sliders" },
      ...control("temperature", "temperature", data.temperatures[0], data.temperatures.at(-1), 0.1, value => value.toFixed(1)),
      ...control("top_k", "top-k", 1, 51, 1, value => value > 50 ? "all" : `${value}`),
      ...control("top_p", "top-p", 0.05, 1, 0.05, value => value.toFixed(2)));
    const drawn = make("output", {}), draws = make("button", { type: "button" }, "Draw a token");
    draws.addEventListener("click", () => {
      const { shares, others } = sampled(logits, rest), names = [...places.map(i => texts[i]), "another token"];
      let left = Math.random();
      const picked = [...shares, others].findIndex(share => (left -= share) < 0);
      drawn.append(make("bdi", {}, names[picked < 0 ? 0 : picked]), " ");
    });
    return [group[0], sliders, make("p", { class: "drawn" }, draws, " ", drawn), bars];
  }

  // Temperature, then top-k, then top-p, as the library does it. The tokens that are not stored are one number.
  function sampled(logits, rest) {
    const { temperature, top_k, top_p } = settings, scaled = logits.map(logit => logit / temperature), most = scaled[0];
    let shares = scaled.map(logit => Math.exp(logit - most)), others = Math.exp(rest[Math.round(temperature * 10) - 1] - most) || 0, note;
    if (top_k <= shares.length) [shares, others] = [shares.map((share, i) => i < top_k ? share : 0), 0];
    let total = shares.reduce((sum, share) => sum + share, others), before = 0;
    if (top_p < 1) {
      const kept = shares.map(share => { const keep = before < top_p * total; before += share; return keep; });
      shares = shares.map((share, i) => kept[i] ? share : 0);
      if (before >= top_p * total) others = 0;
      else if (others) note = `The ${shares.length} likeliest tokens do not reach ${top_p.toFixed(2)}: more are left in, counted here as a whole.`;
      total = shares.reduce((sum, share) => sum + share, others);
    }
    return { shares: shares.map(share => share / total), others: others / total, note };
  }

  // --- the page around the step ---
  function drawMap() {
    const all = steps(), focus = map.contains(page.activeElement);
    const parts = [["before", "Before the layers"], ["layer", `Layer ${layer}`], ["after", "After the layers"]];
    map.replaceChildren(...parts.filter(([part]) => all.some(step => step.part === part)).map(([part, heading]) => {
      const items = all.map((step, i) => [step, i]).filter(([step]) => step.part === part).map(([step, i]) => {
        const button = make("button", { type: "button", tabindex: i === at ? 0 : -1, style: hue(step.name) }, called(step.name));
        if (step.stage?.sum.length) button.classList.add("adds");
        if (i === at) button.setAttribute("aria-current", "step");
        button.addEventListener("click", () => go({ at: i }));
        return make("li", {}, button);
      });
      return make("div", {}, make("h4", {}, heading), make("ol", {}, ...items));
    }));
    if (focus) map.querySelector("[aria-current]").focus();
  }

  function drawTokens() {
    const focus = tokens.contains(page.activeElement);
    tokens.replaceChildren(...now().tokens.map((text, i) => {
      const chip = label(text, { role: "option", tabindex: i === token ? 0 : -1, "aria-selected": i === token, class: now().special.includes(i) ? "special" : "" });
      chip.addEventListener("click", () => go({ token: i }));
      return chip;
    }));
    if (focus) tokens.children[token].focus();
  }

  function drawHeads(step) {
    const prefix = step.stage ? part(step.stage.name) : "", focus = heads.contains(page.activeElement);
    const weights = block().stored.find(({ name }) => name === `${prefix}weights`) ?? block().stored.find(({ map }) => map);
    const shown = `${tower} ${layer} ${prefix}`;
    if (heads.shown === shown) {
      [...heads.children].forEach((chip, h) => { chip.tabIndex = h === head ? 0 : -1; chip.setAttribute("aria-checked", h === head); });
      if (focus) heads.children[head].focus();
      return;
    }
    heads.shown = shown;
    heads.replaceChildren(...range(now().heads).map(h => {
      const chip = make("span", { role: "radio", tabindex: h === head ? 0 : -1, "aria-checked": h === head, "aria-label": `head ${h}`, style: hue("weights") });
      if (weights) {
        const [rows, columns] = weights.shape.slice(1), all = range(rows).map(q => weights.row(q, h, now().heads));
        const by = Math.ceil(Math.max(rows, columns) / 40), [down, across] = [rows, columns].map(count => Math.ceil(count / by));
        const square = (q, k) => all.slice(q * by, q * by + by).map(row => largest(row.subarray(k * by, k * by + by)));
        chip.append(draws("svg", { viewBox: `0 0 ${across} ${down}`, preserveAspectRatio: "none", "aria-hidden": true },
          ...shades(down, across, (q, k) => Math.sqrt(largest(square(q, k))))));
      }
      chip.append(`${h}`);
      chip.addEventListener("click", () => go({ head: h }));
      return chip;
    }));
    if (focus) heads.children[head].focus();
  }

  function drawGuesses() {
    const found = now().guesses;
    guesses.hidden = !found.length;
    if (!found.length) return;
    const rows = found.map((of, l) => {
      const jump = make("button", { type: "button" }, l ? `after layer ${l - 1}` : "before layer 0");
      jump.addEventListener("click", () => l ? go({ layer: l - 1, at: stepsOf(tower, l - 1).findLastIndex(({ part }) => part === "layer") }) : go({ at: now().before.length }));
      const cells = range(of[token].length / 2).map(i => make("td", {}, label(texts[of[token][2 * i]], { class: "name" }), ` ${percent(of[token][2 * i + 1] / 1000)}`));
      const row = make("tr", {}, make("th", { scope: "row" }, jump), ...cells);
      if (l === layer + 1) row.setAttribute("aria-current", "true");
      return row;
    });
    const heading = ["If the model ended", "1st guess", "2nd guess", "3rd guess"].slice(0, 1 + found[0][0].length / 2);
    guesses.replaceChildren(make("h4", {}, `${called("guesses")}, for ${quoted(now().tokens[token])}`), make("p", {}, names.guesses[1]), make("table", {},
      make("thead", {}, make("tr", {}, ...heading.map(name => make("th", { scope: "col" }, name)))), make("tbody", {}, ...rows)));
  }

  function show() {
    const step = steps()[at], { stage } = step, keep = page.activeElement?.dataset?.keep;
    slider.max = now().blocks.length - 1;
    slider.value = layer;
    const levels = ["only its last step", "only its weights", "all its steps"];
    which.textContent = `layer ${layer} of 0 to ${slider.max}` + (now().kept.every(kept => kept === 2) ? "" : ` (this page has ${levels[block().kept]})`);
    slider.setAttribute("aria-valuetext", which.textContent);
    title.textContent = called(step.name);
    says.textContent = names[step.name][1];
    place.textContent = `Step ${at + 1} of ${steps().length}${step.part === "layer" ? `, in layer ${layer}` : ""}`;
    back.setAttribute("aria-disabled", !neighbour(-1)); // not disabled: that would take the focus away
    next.setAttribute("aria-disabled", !neighbour(1));
    said.textContent = "";
    const kinds = { tokens: pieces, logits: chances, probabilities: chances };
    const kind = kinds[step.name] ?? (stage.map ? pairs : step.name.endsWith("mix") ? mixes : vectors);
    view.replaceChildren(...kind(step));
    facts.textContent = stage ? tellFacts(step) : "";
    const end = steps().length - 1, guess = step.part === "layer" && steps()[at + 1]?.part !== "layer" && now().guesses[layer + 1]?.[token];
    then.textContent = guess ? `If the model ended here, it would guess ${quoted(texts[guess[0]])}: ${percent(guess[1] / 1000)}.`
      : at === end && tower < last ? "These vectors are what the decoder reads." : at === end && !data.logits ? data.end : "";
    radios.forEach((input, t) => { input.checked = t === tower; });
    drawMap();
    drawTokens();
    drawHeads(step);
    drawGuesses();
    if (keep) view.querySelector(`[data-keep=${keep}]`)?.focus();
    if (shelf) shelf.dataset.coursePlace = JSON.stringify({ tower, layer, head, name: step.name, part: step.part });
  }

  function restore() {
    if (!shelf?.dataset.coursePlace) return;
    const kept = JSON.parse(shelf.dataset.coursePlace);
    if (!towers[kept.tower]) return;
    if (kept.tower !== tower) token = first(kept.tower);
    ({ tower, layer, head } = kept);
    [layer, head] = [within(layer, now().blocks.length), within(head, now().heads)];
    at = Math.max(0, steps().findIndex(({ name, part }) => name === kept.name && part === kept.part));
  }


  function tellFacts({ stage, name }) {
    const { shape, step, where, cells } = stage, parts = [`Shape: ${shape.join(" × ")}`];
    if (shape.length === 3) parts[0] += stage.map ? " (head, token that looks, token looked at)" : " (head, token, number)";
    else parts[0] += " (token, number)";
    if (step > 1) parts.push(`drawn: every ${step === 2 ? "second" : step === 3 ? "third" : `${step}th`} number, ${cells} bars`);
    if (stage.heads > 1 && stage.heads < now().heads) parts.push(`${now().heads} heads share ${stage.heads} of these`);
    if (name !== "dot product") parts.push(`where: ${where}`);
    return `${parts.join("; ")}.`;
  }

  back.addEventListener("click", () => go(neighbour(-1)));
  next.addEventListener("click", () => go(neighbour(1)));
  slider.addEventListener("input", () => go({ layer: +slider.value }));
  const moves = (box, count, chosen, choose) => box.addEventListener("keydown", event => {
    const to = { ArrowLeft: chosen() - 1, ArrowUp: chosen() - 1, ArrowRight: chosen() + 1, ArrowDown: chosen() + 1, Home: 0, End: count() - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose(within(to, count()));
  });
  moves(tokens, () => now().tokens.length, () => token, token => go({ token }));
  moves(heads, () => now().heads, () => head, head => go({ head }));
  map.addEventListener("keydown", event => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    go(neighbour(by));
  });

  const controls = make("div", { class: "bar" });
  const radios = towers.map((_, t) => {
    const input = make("input", { type: "radio", name: "tower", value: t });
    input.addEventListener("change", () => go({ tower: t, layer: 0, at: 0 }));
    return input;
  });
  if (towers.length > 1) {
    const labels = towers.map(({ kind }, t) => make("label", {}, radios[t], ` ${kind}`));
    controls.append(make("span", {}, "Part"), make("div", { class: "radios", role: "radiogroup", "aria-label": "Part of the model" }, ...labels));
  }
  controls.append(make("span", {}, "Token"), tokens, make("span", {}, "Layer"), make("div", { class: "layer" }, slider, which), make("span", {}, "Head"), heads);
  const step = make("section", { class: "step", "aria-label": "Step" }, make("div", { class: "go" }, back, next, place), title, says, then, said, view, facts);
  const page = root.attachShadow({ mode: "open" });
  page.append(make("style", {}, STYLE), make("p", { class: "model" }, data.title), controls, make("div", { class: "main" }, map, step), guesses, make("p", { class: "facts" }, data.note), make("slot"));
  page.addEventListener("keydown", event => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || event.defaultPrevented || event.target.matches("input")) return;
    event.preventDefault();
    go(neighbour(by));
  });
  root.querySelector("p")?.remove(); // it says that the page is missing
  root.querySelector("details")?.removeAttribute("open");
  at = Math.max(0, steps().findIndex(({ name }) => name === data.start.stage));
  restore();
  show();
}

document.querySelectorAll("[data-forward]").forEach(start);
