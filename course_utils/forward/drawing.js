// What a step shows. `walk` says where one is: the token, the layer and head, the token pointed at, and how to go on.
function drawing(walk) {
  const { data, said, now, block, go, point, hue, called, scalingOf } = walk, { towers, texts } = data;
  const settings = { temperature: 1, top_k: 51, top_p: 1 };
  // The tokens that the rows of a stage belong to, and those of its columns.
  const owners = ({ name }) => crosses(name) && / (key|value)/.test(name) ? towers[0] : now();
  const looked = ({ name }) => crosses(name) ? towers[0] : now();
  const numbers = (stage, i = walk.token) => stage.row(i, walk.head, now().heads);
  const cell = (row, i) => write(row[i], row.fine);
  const own = stage => owners(stage) === now();

  function tells(svg, stage, values, whose) {
    const under = event => within(Math.floor((event.clientX - svg.getBoundingClientRect().left) / svg.clientWidth * stage.cells), values.length);
    svg.addEventListener("pointermove", event => {
      const i = under(event);
      said.textContent = `${whose}, number ${i * stage.step + 1} of ${stage.shape.at(-1)}: ${write(values[i], values.fine)}`;
    });
    return svg;
  }
  const line = (name, stage, values, most = largest(values), whose = name) => [
    label(name, { class: "whose" }), tells(strip(values, most, stage.cells), stage, values, whose),
    make("span", { class: "most" }, `±${write(most, most / 50)}`)];

  function vectors(step) {
    const { stage } = step, { tokens: all } = owners(stage);
    const rows = all.map((name, i) => {
      const values = numbers(stage, i), parts = line(name, stage, values, largest(values), quoted(name));
      if (own(stage)) parts[0].addEventListener("click", () => go({ token: i }));
      if (own(stage) && i === walk.token) parts.forEach(part => part.classList.add("on"));
      return parts;
    });
    const legend = "A line for each token, a bar for each number: up is positive, down is negative. Point at a bar to read it.";
    const groups = [sums(step), make("p", {}, legend), make("div", { class: "rows", style: hue(step.name) }, ...rows.flat())];
    const mine = numbers(stage, own(stage) ? walk.token : 0), values = [...mine].map(number => write(number, mine.fine)).join(", ");
    const whole = stage.step === 1 ? `The ${stage.cells} numbers` : `${stage.cells} of the ${stage.shape.at(-1)} numbers`;
    groups.push(make("details", {}, make("summary", {}, `${whole} of ${quoted(all[own(stage) ? walk.token : 0])}`), values));
    return groups.filter(Boolean);
  }

  // What came in, what is added and what comes out, on one scale; or what a norm takes and gives.
  function sums({ part, stage }) {
    if (part === "layer" && block().kept < 2) return null;
    const all = part === "layer" ? block().stored : now()[part], here = all.indexOf(stage);
    const before = part === "layer" ? walk.layer && now().blocks[walk.layer - 1] : now().blocks.at(-1);
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
    return walk.key === null ? row.indexOf(Math.max(...row)) : within(walk.key, row.length);
  }

  function pairs(step) {
    const found = columns(step), current = found.at(-1), keys = looked(step.stage).tokens, queries = now().tokens, k0 = keyOf(step);
    const mask = found.find(stage => stage.mask), hides = (q, k) => mask && mask.row(q, walk.head, now().heads)[k] > 0;
    const rows = queries.map((_, q) => numbers(current, q)), weights = current.name.endsWith("weights");
    const visible = current.mask ? [] : rows.flatMap((row, q) => [...row].filter((_, k) => !hides(q, k)));
    const low = weights ? 0 : visible.reduce((a, b) => Math.min(a, b), Infinity);
    const high = weights ? 1 : visible.reduce((a, b) => Math.max(a, b), -Infinity);
    const share = (q, k) => hides(q, k) ? null : current.mask ? 0 : weights ? Math.sqrt(rows[q][k]) : (rows[q][k] - low) / (high - low || 1);
    const shown = stage => k => stage.mask ? (hides(walk.token, k) ? "hidden" : "sees") : cell(numbers(stage), k);
    const head1 = make("tr", {}, make("th", { scope: "col" }, `${quoted(queries[walk.token])} looks at`),
      ...found.map(stage => make("th", { scope: "col", class: stage === current ? "now" : "" }, called(stage.name))));
    const body = keys.map((name, k) => {
      const row = make("tr", { class: k === k0 ? "on" : "" }, make("th", { scope: "row" }, label(name, { class: "name" })),
        ...found.map(stage => make("td", { class: stage === current ? "now" : "" }, shown(stage)(k))));
      if (weights) row.lastChild.setAttribute("style", `${hue(current.name)}; background: linear-gradient(to right,
        color-mix(in srgb, var(--hue) 50%, transparent) ${100 * rows[walk.token][k]}%, transparent 0) !important`);
      row.addEventListener("pointerenter", () => point(walk.token, k, false));
      return row;
    });
    const table = make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "The row of the chosen token" },
      make("table", {}, make("thead", {}, head1), make("tbody", {}, ...body)));
    const tell = (q, k) => {
      const [one, other] = [quoted(queries[q]), quoted(keys[k])], value = stage => cell(numbers(stage, q), k);
      if (current.mask) return hides(q, k) ? `${one} must not see ${other}: its score is hidden.` : `${one} sees ${other}: its score stays.`;
      if (weights) return `${one} gives ${other} the weight ${value(current)}, of 1 together.`;
      if (current.name === "dot product") return `The query of ${one} and the key of ${other}: all products add up to ${value(current)}.`;
      const scale = scalingOf(block(), current);
      if (scale && found.length > 1) return `${one} and ${other}: ${value(found.at(-2))} × ${write(scale)} = ${value(current)}.`;
      return `${one} and ${other}: ${value(current)}.`;
    };
    const picture = heat(queries, keys, share, tell, k0);
    const group = [make("div", { class: "pair", style: hue(step.name) }, picture, table)];
    if (step.name === "dot product") group.push(multiplied(step));
    said.textContent = tell(walk.token, k0);
    const legend = current.mask ? "A cross: hidden." : "The stronger the colour, the larger the number.";
    return [make("p", {}, `A row for each token that looks, a column for each that is looked at. ${legend} Point at a square, or go there with the arrow keys.`), ...group];
  }

  // A query, a key, and their products.
  function multiplied(step) {
    const { stored } = block(), before = stored.slice(0, stored.indexOf(step.stage));
    const find = word => before.findLast(({ name }) => name.includes(word)), [query, other] = [find("query"), find("key")];
    const k = keyOf(step), keys = looked(step.stage).tokens, a = numbers(query), b = numbers(other, k);
    const rows = [[`query of ${quoted(now().tokens[walk.token])}`, query, a], [`× key of ${quoted(keys[k])}`, other, b],
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
      queries.forEach((text, q) => svg.append(draws("text", { x: room - 5, y: room + (q + 0.5) * side + 4, "text-anchor": "end", class: q === walk.token ? "on" : "" }, short(text))));
      keys.forEach((text, k) => svg.append(draws("text", { transform: `translate(${room + (k + 0.5) * side + 4} ${room - 5}) rotate(-90)`, class: k === k0 ? "on" : "" }, short(text))));
    }
    svg.append(frame(0, walk.token, keys.length, 1), frame(k0, walk.token, 1, 1));
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
      point(within(walk.token + by[0], queries.length), within(k0 + by[1], keys.length));
    });
    return svg;
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
    const [places, logits, rest] = data.logits[walk.token], { temperature, top_k, top_p } = settings;
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
    const lead = now().kind === "decoder" ? `What may come after ${quoted(now().tokens[walk.token])}:` : `What may stand in the place of ${quoted(now().tokens[walk.token])}:`;
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

  return { vectors, pairs, mixes, pieces, chances };
}
