// The desk by keyboard; every page works without this file.
(function () {
  'use strict';
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const on = (name, act, early) => document.addEventListener(name, act, early);
  const typing = el => /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName) || el.isContentEditable;

  // A box that finds while one types: arrows walk what it found, Enter takes the first.
  const found = box => document.getElementById(box.getAttribute('data-finder'));
  const lines = box => all('a[href]:not([data-more])', found(box));
  const boxOf = el => {
    const list = el.closest && el.closest('[data-found], .found-here');
    return list && document.querySelector('[data-finder="' + list.id + '"]');
  };
  function take(box) {
    const next = document.getElementById(box.getAttribute('data-next'));
    if (!box.value.trim()) {
      if (next) next.focus();
    } else if (box.answered !== box.value) {
      box.isWaiting = true;
    } else if (lines(box).length) {
      lines(box)[0].click();
    }
  }
  on('focusin', event => {
    const box = event.target;
    // What was looked for before is there to be typed over.
    if (box.matches('[data-finder]') && !found(box).contains(event.relatedTarget)) box.select();
  });
  on('htmx:beforeSwap', event => {
    const box = document.querySelector('[data-finder="' + event.detail.target.id + '"]');
    // Whoever has left the box does not want its answer any more.
    if (box && document.activeElement !== box && boxOf(document.activeElement) !== box) {
      event.detail.shouldSwap = false;
    }
  });
  on('htmx:afterSwap', event => {
    const box = document.querySelector('[data-finder="' + event.detail.target.id + '"]');
    if (!box) return;
    box.answered = event.detail.requestConfig.parameters[box.name];
    if (box.answered !== box.value) return;
    // Enter came before the answer: one is taken, among several one is chosen.
    if (box.isWaiting && lines(box).length === 1) lines(box)[0].click();
    box.isWaiting = false;
  });
  on('keydown', event => {
    const el = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !el.matches) return;
    const box = el.matches('[data-finder]') ? el : boxOf(el);
    if (!box) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const inBox = el === box;
    if (step) {
      const at = lines(box).indexOf(el) + step;
      const line = at < 0 ? box : lines(box)[at];
      if (line) line.focus();
    } else if (event.key === 'Enter' && inBox) {
      take(box);
    } else if (event.key === 'Escape') {
      found(box).textContent = '';
      box.blur();
    } else {
      // Whoever goes on typing goes on looking.
      if (!inBox && (event.key.length === 1 || event.key === 'Backspace')) box.focus();
      if (!inBox && event.key !== 'Enter' && event.key !== 'Tab') event.stopPropagation();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }, true);
  on('click', event => {
    all('[data-found]').forEach(list => { if (!list.contains(event.target)) list.textContent = ''; });
  });

  // Where one is in a long menu, without moving the page.
  const menu = document.getElementById('menu');
  const current = menu && menu.querySelector('[aria-current]');
  if (current) menu.scrollTop = current.offsetTop - menu.offsetTop - menu.clientHeight / 2;

  // "?" shows the keys of this page.
  function sheet(keys) {
    const listed = keys.querySelector('dl');
    const always = listed.querySelector('[data-always]');
    all('[data-added]', listed).forEach(line => line.remove());
    const add = (name, words) => {
      const part = document.createElement(name);
      part.textContent = words;
      part.setAttribute('data-added', '');
      listed.insertBefore(part, always);
    };
    const once = {};
    all('[data-key]').filter(el => el.offsetParent || el.closest('.menu-group')).forEach(el => {
      const letter = el.getAttribute('data-key');
      const isLine = /^[1-9]$/.test(letter) && el.closest('[data-rows]');
      if (isLine && !once.line) {
        add('dt', '1 … 9');
        add('dd', keys.getAttribute('data-lines'));
      }
      if (isLine) once.line = true;
      if (isLine || once[letter]) return;
      once[letter] = true;
      const label = typing(el) && el.labels && el.labels[0] ? el.labels[0] : el;
      const words = label.cloneNode(true);
      all('kbd, .count, small', words).forEach(part => part.remove());
      add('dt', letter.toUpperCase());
      add('dd', words.textContent.trim());
    });
    keys.hidden = false;
    keys.focus();
  }
  on('keydown', event => {
    const keys = document.getElementById('keys');
    if (!keys || event.isComposing) return;
    if (event.key === 'Escape' && !keys.hidden) keys.hidden = true;
    if (event.key !== '?' || typing(event.target) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (keys.hidden) sheet(keys); else keys.hidden = true;
  });
  // Alt and a digit press the button of that number in the middle of typing. Not by `accesskey`:
  // some browsers change tabs with these.
  on('keydown', event => {
    const digit = event.altKey && /^Digit[1-9]$/.test(event.code) && event.code.slice(5);
    const pressed = digit && all('[data-alt]').find(one => one.getAttribute('data-alt') === digit && one.offsetParent);
    if (!pressed) return;
    event.preventDefault();
    pressed.click();
  });
  on('click', event => {
    const keys = document.getElementById('keys');
    if (!event.target.closest('[data-keys]')) return;
    if (keys.hidden) sheet(keys); else keys.hidden = true;
  });
  all('[data-keys]').forEach(button => { button.hidden = false; });

  // A desk that nobody touches is shut, and shows nothing more; the server counts by itself.
  const desk = document.querySelector('[data-lock]');
  if (desk) {
    let touched = Date.now();
    ['keydown', 'mousedown', 'mousemove', 'touchstart', 'wheel'].forEach(name =>
      on(name, () => { touched = Date.now(); }, { capture: true, passive: true }));
    setInterval(() => {
      if (Date.now() - touched < 1000 * desk.getAttribute('data-lock-after')) return;
      touched = Date.now();
      document.dispatchEvent(new Event('mulin:leave'));
      const here = encodeURIComponent(location.pathname + location.search);
      location.href = desk.getAttribute('data-lock') + '?next=' + here;
    }, 10000);
  }
}());
