// From the texts of a page to its numbers, and what all drawings are made of: how numbers are written, bars, shades.
const LEVELS = 12, SHOWN = 15; // shades of a heat map, and tokens whose probability is shown
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
const label = (text, attributes = {}) => make("bdi", { title: text, ...attributes }, text);
const crosses = name => name.startsWith("cross-attention");
const part = name => crosses(name) ? "cross-attention " : ""; // the beginning of the names of its steps

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
