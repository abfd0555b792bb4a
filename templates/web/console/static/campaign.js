// A campaign's progress, as it comes: an event only says that the piece is to be fetched again.

const piece = document.getElementById("progress");
let wanted = false;
let fetching = false;

async function fetchAgain() {
  wanted = true;
  if (fetching) return;
  fetching = true;
  while (wanted) {
    wanted = false;
    const answer = await fetch(piece.dataset.piece);
    if (answer.status === 401) location.reload();
    // What somebody is about to press stays where it is.
    if (answer.ok && !piece.contains(document.activeElement) && !piece.querySelector("form details[open]")) {
      piece.innerHTML = await answer.text();
    }
    await new Promise((later) => setTimeout(later, 500));
  }
  fetching = false;
}

const events = new EventSource(piece.dataset.events);
// The first one counts as well: between the page and its stream something may have changed.
events.addEventListener("progress", () => { fetchAgain().catch(() => { fetching = false; }); });
addEventListener("pagehide", () => events.close());
