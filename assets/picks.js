// Selection of rows: how many there are, the whole page at once, and what "all that match" means.
// Without it the boxes and the form work as they are.
import { announce } from './app.js';

for (const form of document.querySelectorAll('form[data-picks]')) {
  const told = form.querySelector('[data-picked]'), plain = told.textContent;
  const all = form.querySelector('input[name=all]');
  const page = form.querySelector('[data-picks-page]'), whole = page.querySelector('input');
  const boxes = () => [...form.querySelectorAll('input[name=row]')];
  const number = new Intl.NumberFormat(document.documentElement.lang);
  page.hidden = false;

  const tell = () => {
    const rows = boxes(), n = rows.filter(box => box.checked).length;
    whole.checked = n > 0 && n === rows.length;
    whole.indeterminate = n > 0 && n < rows.length;
    told.textContent = all.checked ? all.parentElement.textContent.trim()
      : n ? told.dataset.words.replace('#', number.format(n)) : plain;
    announce(told.textContent);
  };
  form.addEventListener('change', event => {
    if (event.target === whole) for (const box of boxes()) box.checked = whole.checked;
    if (event.target.matches('select')) return;
    tell();
  });
  // After the boxes have been emptied.
  form.addEventListener('reset', () => setTimeout(tell));
  form.addEventListener('submit', event => {
    if (all.checked || boxes().some(box => box.checked)) return;
    event.preventDefault();
    announce(plain);
    boxes()[0]?.focus();
  });
  // Going back, the browser ticks again what was ticked.
  addEventListener('pageshow', tell);
}
