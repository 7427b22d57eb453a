// Starts every page of a forward pass that still carries its data: where one is, how one moves, what stands around.
async function start(root) {
  const text = root.getAttribute("data-forward");
  root.removeAttribute("data-forward"); // it has started
  const data = await unpack(text), { towers, names, texts } = data, last = towers.length - 1;
  let { tower, layer, head, token } = data.start, at = 0, key = null; // `key` is the token pointed at in a map
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
  function point(q, k, redraw = true) {
    if (!redraw && key === k) return;
    [token, key] = [q, k];
    show();
  }
  const { vectors, pairs, mixes, pieces, chances } = drawing({
    data, said, now, block, go, point, hue, called, scalingOf,
    get token() { return token; }, get layer() { return layer; }, get head() { return head; }, get key() { return key; },
  });

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
    if (step > 1) parts.push(`drawn: one number in ${step}, ${cells} bars`);
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
