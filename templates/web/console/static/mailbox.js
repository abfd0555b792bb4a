// New mails of the embedded mailbox appear by themselves: the list is asked for again while somebody looks at it.

const place = document.getElementById("mails");
const EVERY = 3000; // milliseconds

async function look() {
  if (document.visibilityState !== "visible") return;
  const newest = place.querySelector("[data-newest]")?.dataset.newest ?? "";
  const asked = new URLSearchParams({ newest, q: place.dataset.search });
  const answer = await fetch(`/console/mailbox-rows?${asked}`);
  if (answer.status === 401) clearInterval(timer);
  if (answer.status === 200) {
    const focused = document.activeElement?.getAttribute("href");
    place.innerHTML = await answer.text();
    if (focused) place.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  }
}

const timer = setInterval(() => look().catch(() => {}), EVERY);
document.addEventListener("visibilitychange", () => look().catch(() => {}));
