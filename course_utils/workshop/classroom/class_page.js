// Takes over what is new on the page of the class: a part is replaced only if it has changed, so nothing jumps.
const known = new Map();  // data-key -> the HTML that stands there
let since = new Date().toLocaleTimeString();

function replace(old, now) {
  const was = now.outerHTML;
  if (was === (known.get(old.dataset.key) ?? old.outerHTML)) return;
  known.set(old.dataset.key, was);
  const active = old.contains(document.activeElement) ? document.activeElement : null;
  const folded = now.querySelector("details");
  if (folded && old.querySelector("details[open]")) folded.open = true;
  old.replaceWith(now);
  if (!active) return;
  const href = active.getAttribute("href"), id = active.id;
  const again = [...now.querySelectorAll("a, summary")].find(e => id ? e.id === id : e.getAttribute("href") === href);
  if (again) again.focus({ preventScroll: true });
}

async function look() {
  let said = "";
  try {
    const answer = await fetch("part" + location.search, { cache: "no-store" });
    if (!answer.ok) throw new Error(answer.status);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const now of fresh.querySelectorAll("[data-key]")) {
      const old = document.querySelector(`[data-key="${now.dataset.key}"]`);
      if (old) replace(old, now);
    }
    since = new Date().toLocaleTimeString();
    stay();
  } catch (problem) {
    said = `No answer from course.py since ${since}: below stands what was known then.`;
  }
  const line = document.getElementById("silent");
  if (line.textContent !== said) line.textContent = said;
}

// The chapter in which most work is chosen once; it changes only when somebody chooses another.
function stay() {
  const chosen = document.querySelector('nav a[aria-current="page"]');
  if (chosen && !/[?&]chapter=/.test(location.search)) history.replaceState(null, "", chosen.getAttribute("href"));
}

async function again() {
  if (!document.hidden) await look();
  setTimeout(again, SECONDS * 1000);
}

stay();
document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
setTimeout(again, SECONDS * 1000);
