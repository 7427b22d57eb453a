// Whatever scrolls sideways can be scrolled by keyboard too.
const wide = () => document.querySelectorAll("pre, .wide, .table-wrapper, .formula, figure.large").forEach(box => {
  if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  else box.removeAttribute("tabindex");
});
addEventListener("load", wide);
addEventListener("resize", wide);
document.addEventListener("toggle", wide, true);
// On a phone a tap shows a picture in its full size, and another one the whole picture again.
document.addEventListener("click", event => {
  if (event.target.matches("figure img")) event.target.closest("figure").classList.toggle("large");
  wide();
});
// Who comes from the search wants the place, not the page.
addEventListener("load", () => setTimeout(() => {
  if (!location.hash) document.querySelector("article span.highlighted")?.scrollIntoView({ block: "center" });
}, 100));
