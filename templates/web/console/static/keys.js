// Keys of the whole console: "?" shows them, "/" goes to the search, "g" and a letter to a page.

const dialog = document.getElementById("keys");
const places = new Map([...document.querySelectorAll("nav.places a[data-key]")].map((a) => [a.dataset.key, a.href]));
let going = 0;
// On a phone there are more of them than fit. Scrolled by number: after scrollIntoView the first Tab goes on from there.
const here = document.querySelector("nav.places a[aria-current]");
const row = here?.closest("ul");
if (row) row.scrollLeft = here.offsetLeft - row.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;

function writing(target) {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || writing(event.target) || dialog.open) return;
  if (going && Date.now() - going < 2000 && places.has(event.key)) {
    event.preventDefault();
    location.assign(places.get(event.key));
  } else if (event.key === "?") {
    event.preventDefault();
    dialog.showModal();
  } else if (event.key === "/") {
    const search = document.querySelector("input[type=search]");
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  }
  going = event.key === "g" ? Date.now() : 0;
});
