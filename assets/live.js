// Keeps a page up to date: listens to what happens, fetches the page again, changes text in place.
import { announce, dress } from './app.js';

const main = document.querySelector('main[data-live]');
const address = '/live?' + new URLSearchParams({ want: main.dataset.live.split(' ').filter(Boolean).join(','), subject: main.dataset.liveSubject ?? '' });

const SILENCE = 45000, DEBOUNCE = 1000, ANNOUNCE = 10000, LINGER = 10000, PAUSE = 500;
let source = null, silence = 0, timer = 0, fetching = false, again = false, announced = 0, broken = false;

function schedule() {
  if (fetching) { again = true; return; }
  timer ||= setTimeout(refresh, DEBOUNCE);
}

async function refresh() {
  timer = 0;
  fetching = true;
  try {
    const answer = await fetch(location.href, { headers: { accept: 'text/html' }, redirect: 'error' });
    if (answer.ok) apply(new DOMParser().parseFromString(await answer.text(), 'text/html'));
  } catch { /* the stream's silence tells the reader */ }
  fetching = false;
  if (again) { again = false; schedule(); }
}

// Focus, selection, ticked boxes and what was unfolded stay as they are, and nothing moves under the pointer: a region that holds
// them waits until it is let go.
const busy = region => region.matches('[data-live-still]:hover') || region.querySelector('input:checked, details[open]') || region.contains(document.activeElement) || region.contains(getSelection()?.anchorNode ?? null) && !getSelection().isCollapsed;

// What counts in the navigation is kept up to date with the page.
const REGIONS = 'main [data-live-id], #rail [data-live-id]';

let waiting = null, looking = 0;
for (const way of ['pointerout', 'focusout', 'change', 'toggle']) addEventListener(way, () => {
  if (waiting) looking ||= setTimeout(() => { looking = 0; if (waiting) apply(waiting); }, PAUSE);
}, { capture: true, passive: true });

function apply(fresh) {
  waiting = null;
  const before = new Map(), rowsOf = node => node.closest('[data-live-rows]');
  for (const node of document.querySelectorAll(REGIONS)) before.set(node.dataset.liveId, node);
  let changed = false, added = 0;
  for (const next of fresh.querySelectorAll(REGIONS)) {
    const node = before.get(next.dataset.liveId);
    if (!node) { if (rowsOf(next)) added++; continue; }
    if (node.innerHTML === next.innerHTML) continue;
    if (busy(node)) { waiting = fresh; continue; }
    node.replaceChildren(...document.importNode(next, true).childNodes);
    dress(node);
    changed ||= next.dataset.liveId !== 'age';
  }
  news(added);
  if (changed && Date.now() - announced > ANNOUNCE) { announced = Date.now(); announce(main.dataset.liveChanged); }
}

// "New: 12 · Show": a link to this very page, in words that the server wrote.
function news(count) {
  let bar = main.querySelector('.news:not(.pause)');
  if (!count) { bar?.remove(); return; }
  const rows = main.querySelector('[data-live-rows]');
  bar ||= banner(rows?.closest('.scroll, .card') ?? rows, 'news');
  const shown = new Intl.NumberFormat(document.documentElement.lang).format(count);
  bar.replaceChildren(main.dataset.liveNew.replace('#', shown) + ' ', link(main.dataset.liveShow));
}
function link(text) {
  const a = document.createElement('a');
  a.href = location.href;
  a.textContent = text;
  return a;
}
function banner(before, className) {
  const p = document.createElement('p');
  p.className = className;
  if (before) before.before(p); else main.prepend(p);
  return p;
}

function paused(on) {
  let bar = main.querySelector('.pause');
  if (!on) { bar?.remove(); return; }
  if (bar) return;
  bar = banner(main.firstElementChild, 'news pause');
  bar.append(main.dataset.livePaused + ' ', link(main.dataset.liveRefresh));
}

function alive() {
  clearTimeout(silence);
  silence = setTimeout(() => paused(true), SILENCE);
  paused(false);
}

function open() {
  if (source) return;
  source = new EventSource(address);
  source.addEventListener('open', () => { alive(); if (broken) schedule(); broken = false; });
  source.addEventListener('tick', alive);
  source.addEventListener('missed', () => { alive(); schedule(); });
  source.addEventListener('happened', () => { alive(); schedule(); });
  source.addEventListener('error', () => { broken = true; });
  silence ||= setTimeout(() => paused(true), SILENCE);
}
function close() {
  source?.close();
  source = null;
  broken = true;
  clearTimeout(silence);
  silence = 0;
}

// A hidden tab soon listens to nothing: browsers allow few connections to one host.
let leaving = 0;
document.addEventListener('visibilitychange', () => {
  clearTimeout(leaving);
  if (document.hidden) leaving = setTimeout(close, LINGER);
  else open();
});
addEventListener('pagehide', close);
addEventListener('pageshow', () => { if (!document.hidden) open(); });
