"""The web edition: every page, the glossary and a start page as a site that is opened from a folder.

Sphinx with myst-nb and furo makes it from the built notebooks. It needs no server and no network, and its search works
from a folder too, because Sphinx keeps the index in a script. This module is also the Sphinx extension that draws
formulas without MathJax and leads the links in stored outputs to the pages of the site.
"""

import io
import os
import re
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote

from ...authoring.notebooks import NOTEBOOKS
from ...errors import CourseError
from .reading import CREDITS, Page, chosen_pages, course_title, mathml, relink, replace, shown_outputs

THEME = Path(__file__).with_name("theme")
# Said under each title; the address of the page's notebook comes in.
RUN = """\
```{{admonition}} For reading
:class: tip
Here you read. To run the cells, to move the controls and to have your answers checked, open the notebook
`notebooks/{name}` with `python3 course.py open`. <span class="only-phone">Tap a picture to enlarge it.</span>
```"""
HOME = """\
# {title}

These pages are for reading, also on a phone and without a network. To run the cells and to have your answers checked,
take the notebooks: `python3 course.py open`. **Search** is at the top of the menu.

{tracks}
[Credits](credits.md): who made the pictures and sounds. The text is under CC BY 4.0, the code under Apache-2.0.

{trees}"""
TRACK = """\
## {name}

{about}

| page | what you can do afterwards | hours |
|---|---|---|
{rows}
"""
TREE = """\
```{{toctree}}
:caption: {name}
:hidden:
:titlesonly:

{names}
```
"""
CORE = ("Core", "In this order. No page of the core needs a deeper one.")
DEEPER = ("Deeper", "Optional, each on its own.")
SETTINGS = {
    "extensions": ["myst_nb", __name__],
    "html_theme": "furo",
    "html_math_renderer": "mathml",
    "html_static_path": [str(THEME / "web")],
    "html_css_files": ["web.css"],
    "html_js_files": [("wide.js", {"defer": "defer"})],
    "html_copy_source": False,
    "html_show_sphinx": False,
    "html_show_search_summary": False,  # it would fetch pages, which a browser refuses from a folder
    "html_domain_indices": False,
    "html_use_index": False,
    "html_baseurl": "",
    "html_last_updated_fmt": None,
    "html_theme_options": {"navigation_with_keys": False},
    "pygments_style": "a11y-high-contrast-light",
    "language": "en",
    "nb_execution_mode": "off",
    "nb_ipywidgets_js": {},  # the default names a server
    "nb_merge_streams": True,
    "myst_enable_extensions": ["dollarmath"],
    "myst_heading_anchors": 6,
    "myst_heading_slug_func": "course_utils.exercises.quiz_scores.anchor",  # as JupyterLab makes them
    "suppress_warnings": ["config.cache"],
}


def build_site(out: Path, names: Iterable[str] = (), notebooks: Path = NOTEBOOKS) -> list[str]:
    """Write the site into the folder `out`, which is replaced; returns what Sphinx warned of, a line each.

    `names` chooses notebooks; links to the others become plain words.
    """
    try:
        from sphinx.application import Sphinx
        from sphinx.errors import SphinxError
        from sphinx.util.docutils import docutils_namespace, patch_docutils
    except ModuleNotFoundError as problem:
        raise CourseError(f"{problem}: `python3 course.py editions web` installs what the web pages need.") from problem

    chosen, title = chosen_pages(names, notebooks), course_title(notebooks)
    said = io.StringIO()
    with tempfile.TemporaryDirectory(prefix="course-web-") as scratch:
        source, built, trees = (Path(scratch) / name for name in ("source", "html", "trees"))
        write_sources(source, chosen, title, notebooks)
        settings = SETTINGS | {"project": title, "html_title": title, "copyright": "the course's authors, CC BY 4.0"}
        try:
            # What Sphinx registers with docutils is forgotten afterwards, so that a second site can be made.
            with patch_docutils(), docutils_namespace():
                Sphinx(source, None, built, trees, "html", settings, status=None, warning=said).build(force_all=True)
        except SphinxError as problem:
            raise CourseError(f"Sphinx stopped: {problem}. Run `python3 course.py doctor` and try again.") from problem
        for name in (".buildinfo", "objects.inv", "_sources"):
            path = built / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        replace(built, out)
    text = re.sub(r"\x1b\[[\d;]*m", "", said.getvalue()).replace(f"{source}{os.sep}", "")
    return [line for line in text.splitlines() if line.strip()]


def write_sources(folder: Path, chosen: list[Page], title: str, notebooks: Path) -> None:
    """What Sphinx reads: a notebook for each page, the glossary, the credits and the start page."""
    import nbformat

    folder.mkdir(parents=True)
    known = {f"{page.stem}.ipynb" for page in chosen} | {"glossary.md"}

    def target(link: str) -> str | None:
        return link if link.partition("#")[0] in known else None

    for page in chosen:
        nbformat.write(for_the_web(page, target), folder / page.path.name)
    glossary = (notebooks / "glossary.md").read_text("utf-8")
    # Its advice for JupyterLab is not true here.
    glossary = re.sub(r"In JupyterLab, the\s+first click .*?goes to the section\.", "", glossary, flags=re.S)
    (folder / "glossary.md").write_text(relink(glossary, target), "utf-8")
    (folder / "credits.md").write_text(relink(CREDITS.read_text("utf-8"), lambda link: None), "utf-8")
    (folder / "index.md").write_text(home(chosen, title), "utf-8")


def home(chosen: list[Page], title: str) -> str:
    """The start page: a table and a part of the menu for each track."""
    tracks, trees = "", ""
    for (name, about), deeper in ((CORE, False), (DEEPER, True)):
        if mine := [page for page in chosen if page.deeper == deeper]:
            links = [(f"[{page.number} {page.title}]({page.path.name})", page) for page in mine]
            rows = "\n".join(f"| {link} | {page.goal} | {page.hours} |" for link, page in links)
            tracks += TRACK.format(name=name, about=about, rows=rows) + "\n"
            names = "\n".join(page.stem for page in mine)
            trees += TREE.format(name=name, names=names)
    tracks += "The [glossary](glossary.md) has every term in a sentence or two.\n"
    return HOME.format(title=title, tracks=tracks, trees=trees + TREE.format(name="More", names="glossary\ncredits"))


def for_the_web(page: Page, target):
    """The notebook as myst-nb should read it: no set-up cell, a sentence on where to run it, links to the site."""
    notebook = page.read()
    cells = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = relink(cell.source, target)
        elif cell.get("id") == "setup":
            continue
        elif cell.cell_type == "code":
            cell.outputs = [scrolling(output) for output in shown_outputs(cell)]
        cells.append(cell)
    first = cells[0] if cells else None
    begin = re.fullmatch(r"(?s)(# [^\n]+\n)(.*)", f"{first.source}\n") if first else None
    if begin is None:
        raise CourseError(
            f"{page.path.name} should begin with its title, but does not: "
            f"`python3 course.py reset {page.number}` gives it back."
        )
    title, rest = begin.groups()
    title = title.replace("# ", f"# {page.number} ", 1)  # so that a search says where its hits are
    first.source = f"{title}\n{RUN.format(name=page.path.name)}\n{rest}"
    notebook.cells = cells
    return notebook


def scrolling(output):
    """An output whose wide tables scroll inside the page; the page itself does not."""
    html = output.get("data", {}).get("text/html")
    if html and "<table" in html:
        text = re.sub(r"<table\b", '<div class="wide"><table', html)
        output.data["text/html"] = text.replace("</table>", "</table></div>")
    return output


# ---------------------------------------------------------------- the Sphinx extension


def setup(app) -> dict:
    """Called by Sphinx."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    # Furo registers this setting after Sphinx has read ours.
    app.connect("builder-inited", lambda app: setattr(app.config, "pygments_dark_style", "a11y-high-contrast-dark"))
    app.connect("doctree-resolved", _lead_links_in_outputs)
    app.connect("html-page-context", _name_the_levels, priority=900)  # after furo has drawn its menu
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _inline(translator, node) -> None:
    _draw(translator, node, mathml(node.astext()))


def _block(translator, node) -> None:
    _draw(translator, node, f'<div class="formula">{mathml(node.astext(), block=True)}</div>')


def _draw(translator, node, html: str) -> None:
    from docutils.nodes import SkipNode

    translator.body.append(html)
    raise SkipNode


def _name_the_levels(app, page, template, context, doctree) -> None:
    """Furo calls the captions of the menu headings, and does not say of which level: a screen reader asks."""
    menu = context.get("furo_navigation_tree", "")
    context["furo_navigation_tree"] = menu.replace('role="heading"', 'role="heading" aria-level="2"')


def _lead_links_in_outputs(app, doctree, docname: str) -> None:
    """`href="06_attention.ipynb#2.-Query"` in stored HTML: to the page of the site, at the section's own id."""
    from docutils import nodes

    def page(match) -> str:
        name, anchor = match[1], unquote(match[2] or "")
        slugs = app.env.metadata.get(name, {}).get("myst_slugs", {})
        place = slugs.get(anchor, (0, ""))[1]
        return f'href="{name}.html' + (f"#{place}" if place else "") + '"'

    for node in doctree.findall(nodes.raw):
        if ".ipynb" in node.rawsource or ".ipynb" in node.astext():
            text = re.sub(r'href="([\w-]+)\.ipynb(?:#([^"]*))?"', page, node.astext())
            node.children = [nodes.Text(text)]
