"""Makes the three pictures of the README: `python docs/pictures.py`, with Chromium, after the notebooks are built.

- `checked_exercise.png`: exercise 2.1 in JupyterLab, answered wrongly on purpose;
- `forward_pass.png`: the opened forward pass of the small translator of the course;
- `bias.png`: the picture of notebook 09, as it is stored there.
"""

import base64
import io
import re
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
NOTEBOOKS = HERE.parent / "notebooks"
sys.path.insert(0, str(HERE.parent / "tests"))  # lab.py drives a real JupyterLab
COLOURS = 128  # a third of the bytes, and nobody sees a difference
WRONG = """\
def doubtful(results, threshold):
    return [i for i, result in enumerate(results) if result["score"] <= threshold]

check("2.1", doubtful)"""


def save(name: str, png: bytes) -> None:
    from PIL import Image

    picture = Image.open(io.BytesIO(png)).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(HERE / name, optimize=True)
    print(f"{name}: {picture.width} x {picture.height}, {(HERE / name).stat().st_size // 1000} kB")


def checked_exercise(browser) -> bytes:
    import lab

    with lab.jupyterlab(NOTEBOOKS, Path(tempfile.mkdtemp())) as server:
        opened = lab.NotebookPage.new(browser, server)
        opened.page.set_viewport_size({"width": 1050, "height": 900})
        opened.open("02_pipelines.ipynb")
        opened.run_all()
        opened.answer("2.1", WRONG)
        cell = opened.exercise("2.1")
        cell.evaluate("e => e.scrollIntoView({block: 'center'})")
        opened.page.wait_for_timeout(500)
        png = cell.screenshot()
        opened.close()
    return png


def forward_page(browser) -> bytes:
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    from course_utils import checkpoint
    from course_utils.forward import forward_pass

    found = checkpoint("translation-en-fr")
    model = AutoModelForSeq2SeqLM.from_pretrained(found.path, dtype=found.dtype)
    run = forward_pass(model, AutoTokenizer.from_pretrained(found.path), "The small cat sleeps.", target="La petite")
    page = browser.new_page(viewport={"width": 900, "height": 640})
    page.set_content(
        f"<!doctype html><meta charset=utf-8><body style='font: 14px sans-serif'>{run.page(still=False).html()}"
    )
    page.get_by_text("Attention weights", exact=True).locator("visible=true").first.click()
    page.wait_for_timeout(500)
    png = page.screenshot()
    page.close()
    return png


def bias_picture() -> bytes:
    """The first picture of a cell that ends in `.plot()`."""
    import nbformat

    notebook = nbformat.read(next(NOTEBOOKS.glob("09_*.ipynb")), as_version=4)
    cell = next(c for c in notebook.cells if c.cell_type == "code" and c.source.rstrip().endswith(".plot()"))
    html = "".join(o.data.get("text/html", "") for o in cell.outputs if "data" in o)
    return base64.b64decode(re.search(r'src="data:image/png;base64,([^"]+)"', html)[1])


def main() -> None:
    import lab

    save("bias.png", bias_picture())
    with lab.chromium() as browser:
        save("forward_pass.png", forward_page(browser))
        save("checked_exercise.png", checked_exercise(browser))


if __name__ == "__main__":
    main()
