// Niceties only: every page works without this file.
(function () {
  'use strict';
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const on = (name, act) => document.addEventListener(name, act);
  const typing = el => /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName) || el.isContentEditable;

  // Letters on the keys; arrows, j and k walk a list.
  function walk(step) {
    const rows = all('[data-rows] a[href]');
    const here = rows.indexOf(document.activeElement);
    const at = here < 0 ? rows.findIndex(row => row.hasAttribute('aria-current')) : here;
    const row = rows[Math.max(0, Math.min(rows.length - 1, at + step))];
    if (row) row.focus();
    return row;
  }
  on('keydown', event => {
    const el = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (typing(el)) {
      if (event.key === 'Escape') el.blur();
      return;
    }
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    if (step && (el === document.body || el.closest('[data-rows]')) && walk(step)) return event.preventDefault();
    // A line of the menu has its key under a folded heading, too.
    const pressed = all('[data-key]').find(key => key.getAttribute('data-key') === event.key && (key.offsetParent || key.closest('.menu-group')));
    if (!pressed) return;
    event.preventDefault();
    if (typing(pressed)) pressed.focus(); else pressed.click();
  });

  // A button is pressed once.
  let locked = [];
  const unlock = () => { locked.forEach(button => { button.disabled = false; }); locked = []; };
  on('submit', event => {
    const form = event.target;
    // After this turn: a disabled button would not send its own name.
    setTimeout(() => {
      locked = all('button[type=submit]:not([disabled])', form);
      locked.forEach(button => { button.disabled = true; });
    });
  });
  addEventListener('pageshow', unlock);
  on('htmx:afterRequest', unlock);

  // Photos: how many, which.
  on('change', event => {
    const count = event.target.type === 'file' && event.target.parentNode.querySelector('.photo-count');
    if (!count) return;
    const files = Array.from(event.target.files);
    count.textContent = files.length ? count.getAttribute('data-words') + ' ' + files.length : '';
    files.filter(file => file.type.startsWith('image/')).slice(0, 9).forEach(file => {
      const picture = new Image();
      picture.alt = file.name;
      picture.onload = () => URL.revokeObjectURL(picture.src);
      picture.src = URL.createObjectURL(file);
      count.appendChild(picture);
    });
  });

  // On a phone a row is a page of its own; a failure is said.
  on('htmx:beforeRequest', event => {
    const link = event.detail.elt;
    if (link.href && event.detail.target.id === 'detail' && innerWidth < 1000) {
      event.preventDefault();
      location.href = link.href;
    }
  });
  on('htmx:afterSettle', event => {
    start(event.detail.elt);
    all('[data-rows] a[href]').forEach(row => {
      if (row.href === location.href) row.setAttribute('aria-current', 'true');
      else row.removeAttribute('aria-current');
    });
  });
  function say(what) {
    const region = document.getElementById('messages');
    const line = document.createElement('p');
    line.className = 'message error';
    line.textContent = region.getAttribute('data-' + what);
    region.textContent = '';
    region.appendChild(line);
  }
  on('htmx:sendError', () => say('offline'));
  on('htmx:responseError', () => say('failed'));

  // The hall screen turns by itself; a press holds it.
  function turn(root) {
    const sides = Array.from(root.children);
    const hold = document.querySelector('[data-rotate-pause]');
    const held = () => hold && hold.getAttribute('aria-pressed') === 'true';
    // Without network it keeps what it shows.
    const renew = () => fetch(location.href).then(page => { if (page.ok) location.reload(); }, () => {});
    let at = -1;
    const next = () => {
      if (held()) return;
      if (at + 1 === sides.length && performance.now() > 3e5) renew();
      at = (at + 1) % sides.length;
      sides.forEach((side, n) => { side.hidden = n !== at; });
    };
    next();
    setInterval(next, 1000 * root.getAttribute('data-rotate'));
    if (!hold) return;
    hold.hidden = false;
    hold.onclick = () => hold.setAttribute('aria-pressed', !held());
  }

  function start(root) {
    all('[data-rotate]', root).forEach(turn);
    all('[data-print]', root).forEach(button => { button.hidden = false; button.onclick = () => print(); });
    const first = root.querySelector('[data-focus]');
    if (first) first.focus();
  }
  start(document);
}());
