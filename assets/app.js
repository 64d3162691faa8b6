// What every page has: time zone cookie, copy buttons, shortcut keys, menus that close.
const year = 31536000;
const secure = location.protocol === 'https:' ? '; Secure' : '';
const cookie = (name, value) => { document.cookie = `${name}=${value}; Path=/; Max-Age=${year}; SameSite=Lax${secure}`; };

// Times are shown in the viewer's zone from the next page on.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.split('; ').includes(`tz=${zone}`)) cookie('tz', zone);

const announcer = document.getElementById('announce');
export const announce = text => { if (announcer) announcer.textContent = text; };

// Copy buttons appear only where the clipboard can be had.
export function dress(root) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll('button[data-copy][hidden]')) button.hidden = false;
}
dress(document);
document.addEventListener('click', async event => {
  const button = event.target.closest('button[data-copy]');
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  announce(button.dataset.copied);
});

// One menu at a time; Escape and a click elsewhere close it.
const open = () => [...document.querySelectorAll('details.drop[open]')];
document.addEventListener('click', event => {
  for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener('keydown', event => {
  if (event.key !== 'Escape') return;
  for (const menu of open()) { menu.open = false; menu.querySelector('summary').focus(); }
});

// Single keys can be switched off, and never act while somebody types.
const off = 'posfleet-keys-off';
const keys = document.getElementById('keys');
const onOff = document.getElementById('keys-on');
if (onOff) {
  onOff.checked = localStorage.getItem(off) === null;
  onOff.addEventListener('change', () => onOff.checked ? localStorage.removeItem(off) : localStorage.setItem(off, '1'));
}
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, select, textarea, dialog, [contenteditable]')) return;
  if (event.key === '?' && keys) { event.preventDefault(); keys.showModal(); }
  if (localStorage.getItem(off) !== null) return;
  const search = document.getElementById('q');
  if (event.key === '/' && search) { event.preventDefault(); search.focus(); search.select(); }
});

// The error summary has the focus, so that it is read first.
document.querySelector('.errors')?.focus();

// On a narrow screen the row of tabs begins at the one that is open.
for (const tab of document.querySelectorAll('.tabs [aria-current]')) tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - 24;

// A picture can also be had as PNG: the browser draws the one that the link leads to, twice as large.
for (const link of document.querySelectorAll('a[data-png][hidden]')) {
  link.hidden = false;
  link.addEventListener('click', event => {
    event.preventDefault();
    const picture = new Image();
    // Whatever it is, the picture's own page tells it: the session has ended, or it is too large.
    const failed = () => { location.href = link.href; };
    picture.addEventListener('error', failed);
    picture.addEventListener('load', () => {
      const canvas = document.createElement('canvas');
      canvas.width = picture.naturalWidth * 2;
      canvas.height = picture.naturalHeight * 2;
      canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
      canvas.toBlob(file => {
        if (!file) return failed();
        const save = document.createElement('a');
        save.href = URL.createObjectURL(file);
        save.download = `${new URL(link.href).searchParams.get('by') || 'analysis'}.png`;
        save.click();
        setTimeout(() => URL.revokeObjectURL(save.href), 60000);
      }, 'image/png');
    });
    picture.src = link.href;
  });
}
