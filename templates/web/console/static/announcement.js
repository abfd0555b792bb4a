// While an announcement is written: the mail, who gets it and what is wrong with it follow as one types.

const form = document.getElementById("writing");
const button = document.getElementById("preview");
const facts = document.getElementById("facts");
const found = document.getElementById("found");
const search = document.getElementById("q");
let frame = document.querySelector("iframe[name=shown]");
let number = 0;
let changed = false;

function later(milliseconds, work) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(() => work().catch(() => {}), milliseconds);
  };
}

// Each answer gets a frame of its own, which takes the place of the former once it is there: nothing flickers, and
// the way back leads to the page before this one and not through every letter.
async function preview() {
  const next = frame.cloneNode();
  next.removeAttribute("src");
  next.removeAttribute("srcdoc");
  next.name = `shown-${++number}`;
  next.style.position = "absolute";
  next.style.visibility = "hidden";
  frame.after(next);
  next.addEventListener("load", () => {
    if (next.name !== `shown-${number}`) {
      next.remove();
      return;
    }
    next.style.position = next.style.visibility = "";
    frame.remove();
    frame = next;
  }, { once: true });
  button.formTarget = next.name;
  const before = changed;
  form.requestSubmit(button);
  changed = before;
}

async function look() {
  const answer = await fetch("/console/announcements/facts", { method: "POST", body: new URLSearchParams(new FormData(form)) });
  if (answer.ok) facts.innerHTML = await answer.text();
}

async function find() {
  const answer = await fetch(`/console/announcements/items?${new URLSearchParams({ q: search.value })}`);
  if (answer.ok) found.innerHTML = await answer.text();
}

const follow = later(500, async () => { await Promise.all([preview(), look()]); });
const searching = later(250, find);
form.addEventListener("input", (event) => {
  if (event.target === search) return searching();
  changed = true;
  follow();
});
form.addEventListener("submit", (event) => {
  if (!event.submitter?.formAction.endsWith("/preview")) changed = false;
});
form.addEventListener("saved", () => { changed = false; });
// A picture that is dropped onto the text is added as its button would.
const body = document.getElementById("body");
const picture = document.getElementById("picture");
body.addEventListener("dragover", (event) => { if (event.dataTransfer.types.includes("Files")) event.preventDefault(); });
body.addEventListener("drop", (event) => {
  if (!event.dataTransfer.files.length) return;
  event.preventDefault();
  picture.files = event.dataTransfer.files;
  form.requestSubmit(document.getElementById("add-picture"));
});
addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "s") {
    event.preventDefault();
    form.requestSubmit(form.querySelector("button[value=save]"));
  }
});
