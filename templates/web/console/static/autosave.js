// What is being written saves itself, as its button would; nobody else's change is ever replaced.

const form = document.querySelector("form[data-autosave]");
const told = form?.querySelector(".saved");
const AFTER = 3000; // milliseconds without a key
const APART = 10000; // from one time to the next
const kept = `digest-kept:${location.pathname}`; // of this tab, while nobody is signed in
let timer = 0;
let saving = null;
let latest = 0;
let changes = 0;
let stopped = false;

function say(what) {
  const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  told.textContent = told.dataset[what].replace("{time}", time);
}

function later(milliseconds) {
  clearTimeout(timer);
  if (!stopped) timer = setTimeout(() => { saving ??= save().finally(() => { saving = null; }); }, milliseconds);
}

function keepHere() {
  sessionStorage.setItem(kept, JSON.stringify([...new FormData(form)].filter(([name]) => name !== "version")));
}

async function save() {
  const before = changes;
  const fields = new URLSearchParams(new FormData(form));
  fields.set("do", form.dataset.autosave);
  fields.set("by_itself", "yes");
  latest = Date.now();
  say("saving");
  let answer;
  try {
    answer = await fetch(form.action, { method: "POST", body: fields });
  } catch {
    say("not");
    return later(APART);
  }
  if (answer.ok) {
    renew(fields.get("version"), await answer.json());
    say("saved");
    if (changes === before) form.dispatchEvent(new Event("saved"));
    else later(APART);
  } else if (answer.status === 401) {
    keepHere();
    stopped = true;
    say("out");
  } else {
    stopped = answer.status === 409;
    say(stopped ? "theirs" : "refused");
  }
}

// Every form of the page is of this version now; a draft that was new has an address.
function renew(before, { version, place }) {
  if (!form.elements.version) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "version" }));
  form.elements.version.value = version;
  for (const one of document.querySelectorAll("input[name=version]")) if (one.value === before) one.value = version;
  if (place && place !== location.pathname) {
    form.action = place;
    history.replaceState(null, "", place);
  }
}

function putBack() {
  const fields = JSON.parse(sessionStorage.getItem(kept) ?? "null");
  sessionStorage.removeItem(kept);
  if (!fields) return;
  for (const one of form.querySelectorAll("input[type=checkbox]")) {
    one.checked = fields.some(([name, value]) => name === one.name && value === one.value);
  }
  for (const [name, value] of fields) {
    const one = form.elements[name];
    if (one instanceof HTMLTextAreaElement || (one instanceof HTMLInputElement && !["checkbox", "file"].includes(one.type))) one.value = value;
  }
  say("back");
  form.dispatchEvent(new Event("input"));
}

if (form) {
  say("saves");
  form.addEventListener("input", (event) => {
    if (event.target.type === "search") return;
    changes += 1;
    if (stopped && sessionStorage.getItem(kept)) keepHere();
    later(Math.max(AFTER, latest + APART - Date.now()));
  });
  // What is pressed meanwhile waits for the version that is on its way.
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formAction.endsWith("/preview")) return;
    clearTimeout(timer);
    if (!saving) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    saving.then(() => form.requestSubmit(event.submitter));
  }, { capture: true });
  putBack();
}
