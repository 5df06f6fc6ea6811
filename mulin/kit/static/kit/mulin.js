// Niceties only: every page works without this file. ES2015, no dependencies.
(function () {
  'use strict';
  var all = function (selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); };
  var typing = function (el) { return /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName) || el.isContentEditable; };

  // ── letters on the keys; arrows, j and k walk a list ──────────────────────────────────────
  function walk(step) {
    var rows = all('[data-rows] a[href]');
    if (!rows.length) return false;
    var at = rows.indexOf(document.activeElement);
    if (at < 0) at = rows.findIndex(function (row) { return row.hasAttribute('aria-current'); });
    var row = rows[Math.max(0, Math.min(rows.length - 1, at + step))];
    row.focus();
    return true;
  }
  document.addEventListener('keydown', function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (typing(event.target)) {
      if (event.key === 'Escape') event.target.blur();
      return;
    }
    var step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    var inList = event.target === document.body || (event.target.closest && event.target.closest('[data-rows]'));
    if (step && inList && walk(step)) { event.preventDefault(); return; }
    var pressed = all('[data-key]').filter(function (el) { return el.getAttribute('data-key') === event.key && el.offsetParent; })[0];
    if (!pressed) return;
    event.preventDefault();
    if (typing(pressed)) { pressed.focus(); if (pressed.select) pressed.select(); } else pressed.click();
  });

  // ── a button is pressed once; going back makes it fresh ───────────────────────────────────
  var locked = [];
  function unlock() { locked.splice(0).forEach(function (button) { button.disabled = false; }); }
  document.addEventListener('submit', function (event) {
    var form = event.target;
    // After this turn, or the pressed button's own name would not be sent.
    setTimeout(function () {
      if (event.defaultPrevented && !form.hasAttribute('hx-post')) return;
      all('button[type=submit], button:not([type])', form).forEach(function (button) {
        if (!button.disabled) { button.disabled = true; locked.push(button); }
      });
    });
    if (form.hasAttribute('data-keep')) sessionStorage.removeItem(slot(form));
  });
  window.addEventListener('pageshow', unlock);
  document.addEventListener('htmx:afterRequest', unlock);

  // ── half-typed forms are remembered, in this tab, until they are sent ──────────────────────
  function slot(form) { return 'mulin:' + location.pathname + ':' + form.getAttribute('data-keep'); }
  function kept(form) {
    return all('input, textarea, select', form).filter(function (el) {
      return el.name && !/^(hidden|password|file|submit)$/.test(el.type) && el.autocomplete !== 'off' && el.autocomplete !== 'one-time-code';
    });
  }
  function remember(form) {
    var values = kept(form).map(function (el) { return [el.name, el.value, /^(radio|checkbox)$/.test(el.type) ? el.checked : null]; });
    try { sessionStorage.setItem(slot(form), JSON.stringify(values)); } catch (full) { /* Not kept, then. */ }
  }
  function restore(form) {
    var values = JSON.parse(sessionStorage.getItem(slot(form)) || '[]');
    kept(form).forEach(function (el) {
      values.forEach(function (was) {
        if (was[0] !== el.name) return;
        if (was[2] !== null) { if (was[1] === el.value) el.checked = was[2]; } else if (!el.value) el.value = was[1];
      });
    });
  }
  document.addEventListener('input', function (event) {
    var form = event.target.form;
    if (form && form.hasAttribute('data-keep')) remember(form);
  });

  // ── photos: how many, and what they show ──────────────────────────────────────────────────
  document.addEventListener('change', function (event) {
    var input = event.target;
    if (!input.hasAttribute || !input.hasAttribute('data-photos')) return;
    var box = input.nextElementSibling;
    if (!box || box.className !== 'previews') {
      box = document.createElement('div');
      box.className = 'previews';
      box.setAttribute('role', 'status');
      input.parentNode.insertBefore(box, input.nextSibling);
    }
    box.textContent = '';
    Array.prototype.slice.call(input.files, 0, 9).forEach(function (file) {
      if (!/^image\//.test(file.type)) return;
      var picture = document.createElement('img');
      picture.alt = file.name;
      picture.onload = function () { URL.revokeObjectURL(picture.src); };
      picture.src = URL.createObjectURL(file);
      box.appendChild(picture);
    });
  });

  // ── htmx: a phone opens the page itself, a failure says so ─────────────────────────────────
  document.addEventListener('htmx:beforeRequest', function (event) {
    var link = event.detail.elt;
    if (event.detail.target && event.detail.target.id === 'detail' && link.href && window.innerWidth < 1000) {
      event.preventDefault();
      location.href = link.href;
    }
  });
  document.addEventListener('htmx:afterSettle', function (event) {
    start(event.detail.elt);
    all('[data-rows] a[href]').forEach(function (row) {
      if (row.pathname === location.pathname) row.setAttribute('aria-current', 'true');
      else row.removeAttribute('aria-current');
    });
  });
  function say(which) {
    var region = document.getElementById('messages');
    if (!region) return;
    region.textContent = '';
    var line = document.createElement('p');
    line.className = 'message error';
    line.textContent = region.getAttribute('data-' + which);
    region.appendChild(line);
  }
  document.addEventListener('htmx:sendError', function () { say('offline'); });
  document.addEventListener('htmx:responseError', function () { say('failed'); });

  // ── the hall screen turns by itself; a press stops it ─────────────────────────────────────
  function rotate(root) {
    var sides = all(':scope > section', root);
    var pause = document.querySelector('[data-rotate-pause]');
    var at = 0;
    var stopped = false;
    function show() {
      sides.forEach(function (side, n) { side.hidden = n !== at; });
      all('[data-rotate-dots] > *').forEach(function (dot, n) {
        if (n === at) dot.setAttribute('aria-current', 'true'); else dot.removeAttribute('aria-current');
      });
    }
    show();
    setInterval(function () { if (!stopped) { at = (at + 1) % sides.length; show(); } }, 1000 * root.getAttribute('data-rotate'));
    if (pause) {
      pause.hidden = false;
      pause.addEventListener('click', function () {
        stopped = !stopped;
        pause.setAttribute('aria-pressed', stopped);
      });
    }
  }

  function start(root) {
    all('form[data-keep]', root).forEach(restore);
    all('[data-rotate]', root).forEach(rotate);
    var first = root.querySelector('[data-focus]');
    if (first) first.focus();
  }
  start(document);
}());
