"""Every web page and every slide, opened from its folder: `python benchmarks/opened_editions.py DIR [NN …]`.

DIR is what `course.py editions all --out DIR` wrote. Whatever is no file is refused and counted. Each page is opened as
wide as a phone, and light and dark, with axe-core; of each slide it is measured what reaches beyond its 1280 x 720
pixels, and the smallest text. It takes minutes; `tests/test_editions_browser.py` does the same with one page.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from axe_playwright_python.sync_playwright import Axe  # noqa: E402 (the path comes first)
from reporting import conclusion, report, title, verdict  # noqa: E402

PHONE, SCREEN = {"width": 390, "height": 844}, {"width": 1280, "height": 720}
FITS = "document.documentElement.scrollWidth <= innerWidth"
UNFOLD = "document.querySelectorAll('details').forEach(one => one.open = true)"
# Whatever a slide holds must lie inside it, in a size that can be read from the last row.
MEASURE = """() => [...document.querySelectorAll(".slides > section > section")].map((section, number) => {
  section.parentElement.hidden = section.hidden = false;
  section.parentElement.style.display = section.style.display = "block";
  const [slide, body] = [section.querySelector(".slide"), section.querySelector(".body")];
  const beyond = box => Math.max(box.scrollHeight - box.clientHeight, box.scrollWidth - box.clientWidth);
  const texts = [...body.querySelectorAll("*")].filter(e => !e.children.length && e.textContent.trim());
  const sizes = texts.filter(e => !e.closest("math")).map(e => parseFloat(getComputedStyle(e).fontSize));
  const pictures = [...body.querySelectorAll("img")].map(e => e.clientHeight);
  const [over, smallest] = [Math.max(beyond(slide), beyond(body)), Math.min(99, ...sizes)];
  return { number, over, smallest, lowest: Math.min(999, ...pictures) };
})"""


class Reader:
    """A browser page that may read files only; what it asked for elsewhere and what it complained of is kept."""

    def __init__(self, browser, **settings):
        self.context, self.elsewhere, self.errors = browser.new_context(**settings), [], []
        self.context.route("**/*", self._files_only)
        self.page = self.context.new_page()
        self.page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _files_only(self, route):
        if route.request.url.split(":")[0] in ("file", "data", "blob"):
            return route.continue_()
        self.elsewhere.append(route.request.url)
        route.abort()

    def open(self, path: Path):
        self.page.goto(path.resolve().as_uri())
        return self.page


def serious(page, context: str | None = None, **options) -> list[tuple[str, str]]:
    """What axe-core calls serious or critical: (rule, the element's HTML), of the page or of `context`."""
    options = {"resultTypes": ["violations"], "preload": False, **options}  # preload would fetch style sheets
    found = Axe().run(page, context=context, options=options).response["violations"]
    grave = [rule for rule in found if rule["impact"] in ("serious", "critical")]
    return [(rule["id"], node["html"][:200]) for rule in grave for node in rule["nodes"]]


def main(folder: Path, names: list[str]) -> None:
    import lab

    def chosen(kind: str) -> list[Path]:
        return [
            path for path in sorted((folder / kind).glob("*.html")) if not names or path.stem[:3].strip("_") in names
        ]

    with lab.chromium() as browser:
        elsewhere, errors, found, wide = [], [], [], []
        title("The web pages, opened from a folder")
        for settings in (
            {"viewport": PHONE},
            *({"viewport": SCREEN, "color_scheme": one} for one in ("light", "dark")),
        ):
            reader, start = Reader(browser, **settings), time.perf_counter()
            for path in chosen("web"):
                page = reader.open(path)
                if settings["viewport"] == PHONE:
                    wide += [] if page.evaluate(FITS) else [path.name]
                    continue
                page.evaluate(UNFOLD)
                found += [(path.name, settings["color_scheme"], *problem) for problem in serious(page)]
            elsewhere, errors = elsewhere + reader.elsewhere, errors + reader.errors
            reader.context.close()
            report(
                " ".join(map(str, settings.values())),
                f"{len(chosen('web'))} pages, {time.perf_counter() - start:.0f} s",
            )
        title("The slides, opened from a folder")
        slides = []
        for path in chosen("slides"):
            reader = Reader(browser, viewport=SCREEN)
            page = reader.open(path)
            if path.stem != "index":
                page.wait_for_function("Reveal.isReady()")
                made = page.evaluate(MEASURE)
                slides += [(path.stem, slide) for slide in made]
                report(path.stem, f"{len(made)} slides")
            elsewhere, errors = elsewhere + reader.elsewhere, errors + reader.errors
            reader.context.close()
        title("All of them")
        over = [(name, slide) for name, slide in slides if slide["over"] > 1]
        for line in (*wide, *found, *elsewhere, *errors, *over):
            print("   ", line)
        verdict("requests that are no files", len(elsewhere), 0, "requests")
        verdict("complaints in the console", len(errors), 0, "lines")
        verdict("axe-core, serious or critical", len(found), 0, "elements")
        verdict("pages wider than a phone", len(wide), 0, "pages")
        verdict("slides that overflow", len(over), 0, f"of {len(slides)} slides")
        if slides:
            verdict("smallest text", min(slide["smallest"] for _, slide in slides), 20, "pixels of 720", least=True)
            verdict("lowest picture", min(slide["lowest"] for _, slide in slides), 150, "pixels of 720", least=True)
    conclusion()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), sys.argv[2:])
