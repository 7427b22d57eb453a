// How the page of a forward pass looks. `page` puts it, `unpacking.js` and `drawing.js` in front of `forward.js`.
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
