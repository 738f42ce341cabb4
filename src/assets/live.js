/* global document, DOMParser, EventSource, fetch, location */
// Keeps the part of a page that changes by itself up to date while the page is open. Without it the page comes anew by itself.
const live = document.getElementById('live');
const told = document.getElementById('live-told');
/** Milliseconds without a word after which the page is asked for instead; the server says something every 20 s. */
const SILENCE = 45_000;
const LOOK = 15_000;
let [heard, shown, said] = [Date.now(), '', live.dataset.said];
let events;

/** Puts the fresh part in the place of the old one, and the focus back to where it was. */
function show(fresh) {
  heard = Date.now();
  if (document.title !== fresh.title) document.title = fresh.title;
  if (said !== fresh.said) told.textContent = said = fresh.said;
  if (shown === fresh.html) return;
  shown = fresh.html;
  const before = live.contains(document.activeElement) ? document.activeElement : undefined;
  live.innerHTML = fresh.html;
  if (!before) return;
  const isSame = (each) => each.tagName === before.tagName && each.textContent === before.textContent;
  ([...live.querySelectorAll('a, button')].find(isSame) ?? document.getElementById('main')).focus({
    preventScroll: true,
  });
}

async function ask() {
  const answer = await fetch(location.href);
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const part = page.getElementById('live');
  if (answer.ok && part) show({ title: page.title, said: part.dataset.said, html: part.innerHTML });
  else if (answer.status !== 429 && answer.status < 500) location.reload();
}

function listen() {
  events?.close();
  events = new EventSource(live.dataset.events);
  events.addEventListener('open', () => (heard = Date.now()));
  events.addEventListener('beat', () => (heard = Date.now()));
  events.addEventListener('message', ({ data }) => show(JSON.parse(data)));
}

/** Where something on the way keeps the events back, or too many listen, asking does. */
async function watch() {
  if (Date.now() - heard > SILENCE || events.readyState === EventSource.CLOSED) {
    await ask().catch(() => undefined);
    listen();
  }
  setTimeout(watch, LOOK);
}

listen();
setTimeout(watch, LOOK);
// A phone that slept has heard nothing.
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') ask().catch(() => undefined);
});
