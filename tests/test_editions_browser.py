"""The web pages and the slides in a browser, opened from a folder, with everything outside it refused."""

import pytest
from opened_editions import FITS, MEASURE, PHONE, SCREEN, UNFOLD, Reader, serious

from course_utils.workshop.editions.slides import build_slides
from course_utils.workshop.editions.web import build_site

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def reader(browser):
    made = []

    def new(**settings) -> Reader:
        made.append(Reader(browser, **settings))
        return made[-1]

    yield new
    for one in made:
        one.context.close()
        assert one.elsewhere == [] and one.errors == []


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("editions") / "web"
    assert build_site(folder, ["06", "10"]) == []
    return folder


@pytest.fixture(scope="module")
def deck(tmp_path_factory):
    folder = tmp_path_factory.mktemp("editions") / "slides"
    build_slides(folder, ["06"])
    return folder / "06_attention.html"


def test_no_page_is_wider_than_a_phone(site, reader):
    phone = reader(viewport=PHONE, color_scheme="dark")
    for path in sorted(site.glob("*.html")):
        page = phone.open(path)
        assert page.evaluate(FITS), path.name
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(19, 20, 22)", "not dark"


def test_a_tap_enlarges_a_picture(site, reader):
    page = reader(viewport=PHONE).open(site / "06_attention.html")
    picture = page.locator("figure img").first
    before = picture.bounding_box()["width"]
    picture.click()
    assert before < 370 and picture.bounding_box()["width"] == 720
    assert page.evaluate(FITS)
    assert page.locator("figure.large").get_attribute("tabindex") == "0"


def test_the_search_finds_the_page_and_the_place(site, reader):
    page = reader(viewport=SCREEN).open(site / "index.html")
    for word, place in (("softmax", "06 Attention"), ("entropy", "06 Attention")):
        page.fill("input[name=q]", word)
        page.press("input[name=q]", "Enter")
        page.locator("#search-results a", has_text=place).wait_for()
    page.locator("#search-results a", has_text="06 Attention").click()
    page.wait_for_function("document.querySelector('span.highlighted')?.getBoundingClientRect().top < innerHeight")
    assert page.url.endswith("06_attention.html") and page.evaluate("scrollY") > 720  # the word stands far down


def test_the_explorer_lives(site, reader):
    page = reader().open(site / "06_attention.html")
    heads = page.locator(".heads canvas")
    assert heads.count() == 72
    heads.nth(2).click()
    assert heads.nth(2).get_attribute("aria-selected") == "true"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(site, deck, reader, scheme):
    """Contrast is slow to measure: of a long page one section with code, a picture, a table and a note."""
    person = reader(color_scheme=scheme)
    for path in (site / "index.html", deck):
        assert serious(person.open(path)) == [], path.name
    page = person.open(site / "06_attention.html")
    page.evaluate(UNFOLD)
    if scheme == "light":  # all other rules hold for both
        assert serious(page, rules={"color-contrast": {"enabled": False}}) == []
    assert serious(page, "#one-word-looks-at-the-others") == []


def test_no_slide_overflows_and_all_can_be_read(deck, reader):
    page = reader(viewport=SCREEN).open(deck)
    page.wait_for_function("Reveal.isReady()")
    slides = page.evaluate(MEASURE)
    assert len(slides) > 50
    assert [slide for slide in slides if slide["over"] > 1 or slide["smallest"] < 20 or slide["lowest"] < 150] == []


def test_the_speakers_notes_and_the_switch_to_dark(deck, reader):
    person = reader(viewport=SCREEN, color_scheme="light")
    page = person.open(deck)
    page.wait_for_function("Reveal.isReady()")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.keyboard.press("t")
    assert light == "rgb(255, 255, 255)" and page.evaluate(paper) == "rgb(20, 24, 29)"
    page.keyboard.press("ArrowRight")
    with person.context.expect_page() as opened:
        page.keyboard.press("s")
    notes = opened.value.locator(".speaker-controls-notes .value")
    notes.filter(has_text="The thicker the arrow, the more the upper word looks there.").wait_for(timeout=20_000)
