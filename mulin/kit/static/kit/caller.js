// A form read out over the phone, one question at a time, answered by keys: a digit chooses, Enter
// goes on, Backspace goes back. After the last question everything is read back and sent.
// Without this file the whole form stands there and is filled in as ever.
(function () {
  'use strict';
  const WRITTEN = /^(text|search|tel|number|email|date|textarea)$/;
  const all = (selector, root) => Array.from(root.querySelectorAll(selector));
  const words = field => {
    const label = field.querySelector('legend, label');
    const marks = label ? all('small, kbd', label).map(one => one.textContent) : [];
    return marks.reduce((text, mark) => text.replace(mark, ''), label ? label.textContent : '').trim();
  };

  function start(form) {
    if (form.caller) return;
    const bar = form.querySelector('[data-caller-bar]');
    const fields = all('.field', form);
    if (!bar || !fields.length) return;
    const step = bar.querySelector('[data-caller-step]');
    const said = bar.querySelector('[data-caller-said]');
    const rest = all('.actions, .caller-rest', form).filter(one => !bar.contains(one));
    const wrappers = all('details', form);
    let at = -1;
    form.caller = true;

    const boxes = field => all('input[type=radio], input[type=checkbox]', field);
    const list = field => field.querySelector('select');
    const written = field => all('input, textarea', field).find(one => WRITTEN.test(one.type));
    // A wrapper may ask its fields only after a certain answer: data-when="outcome=answered".
    function isAsked(field) {
      const wrapper = field.closest('[data-when]');
      if (!wrapper) return true;
      const wanted = wrapper.getAttribute('data-when').split('=');
      return all('[name="' + wanted[0] + '"]', form).some(one => one.checked && one.value === wanted[1]);
    }
    const from = (place, by) => {
      let found = place + by;
      while (fields[found] && !isAsked(fields[found])) found += by;
      return found;
    };
    function answer(field) {
      const chosen = boxes(field).filter(one => one.checked).map(one => {
        const label = one.closest('label') || form.querySelector('label[for="' + one.id + '"]');
        return label ? label.textContent.replace(/^\s*\d+\s*/, '').trim() : one.value;
      });
      if (boxes(field).length) return chosen.join('、');
      if (list(field)) return list(field).options[list(field).selectedIndex].text;
      const box = written(field);
      return box ? box.value.trim() : '';
    }
    function number() {
      fields.forEach(field => boxes(field).slice(0, 9).forEach((box, n) => {
        const label = box.closest('label') || form.querySelector('label[for="' + box.id + '"]');
        if (!label || label.querySelector('kbd.digit')) return;
        const key = document.createElement('kbd');
        key.className = 'digit';
        key.textContent = n + 1;
        label.insertBefore(key, label.firstChild);
      }));
      all('select', form).forEach(one => Array.from(one.options).slice(0, 9).forEach((option, n) => {
        option.text = (n + 1) + ' ' + option.text;
      }));
    }
    function readBack() {
      said.textContent = '';
      fields.filter(isAsked).forEach(field => {
        const asked = document.createElement('dt');
        const told = document.createElement('dd');
        asked.textContent = words(field);
        told.textContent = answer(field) || '—';
        said.appendChild(asked);
        said.appendChild(told);
      });
    }
    function show(place) {
      at = place;
      const isEnd = at >= fields.length;
      fields.forEach((field, n) => { field.hidden = n !== at; });
      rest.forEach(one => { one.hidden = !isEnd; });
      said.hidden = !isEnd;
      bar.querySelector('[data-caller-next]').hidden = isEnd;
      bar.querySelector('[data-caller-back]').hidden = from(at, -1) < 0;
      if (isEnd) {
        readBack();
        step.textContent = bar.getAttribute('data-end');
        const send = rest.map(one => one.querySelector('button[type=submit]')).find(Boolean);
        if (send) send.focus();
        return;
      }
      const asked = fields.filter(isAsked);
      step.textContent = bar.getAttribute('data-step').replace('{n}', asked.indexOf(fields[at]) + 1).replace('{of}', asked.length);
      const target = boxes(fields[at]).find(one => one.checked) || boxes(fields[at])[0] || list(fields[at]) || written(fields[at]);
      if (target) target.focus();
    }
    const next = () => show(Math.min(from(at, 1), fields.length));
    const back = () => { const before = from(at, -1); if (before >= 0) show(before); };
    function choose(digit) {
      const field = fields[at];
      const box = boxes(field)[digit - 1];
      if (box) { box.click(); box.focus(); } else if (list(field) && digit <= list(field).options.length) list(field).selectedIndex = digit - 1;
      return Boolean(box || list(field));
    }
    function pressed(event) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || at < 0) return;
      const box = WRITTEN.test(event.target.type) ? event.target : null;
      if (event.key === 'Enter' && at < fields.length && event.target.type !== 'button' && !event.shiftKey) {
        event.preventDefault();
        next();
      } else if (event.key === 'Backspace' && !(box && box.value)) {
        event.preventDefault();
        back();
      } else if (/^[1-9]$/.test(event.key) && !box && at < fields.length && choose(+event.key)) event.preventDefault();
    }
    function begin() {
      wrappers.forEach(one => { one.open = true; });
      number();
      form.classList.add('is-called');
      all('[data-caller-words]', bar).forEach(one => { one.hidden = false; });
      bar.querySelector('[data-caller-begin]').hidden = true;
      const wrong = fields.findIndex(field => field.classList.contains('wrong') && isAsked(field));
      show(wrong < 0 ? from(-1, 1) : wrong);
    }
    bar.hidden = false;
    form.addEventListener('keydown', pressed);
    bar.querySelector('[data-caller-next]').onclick = next;
    bar.querySelector('[data-caller-back]').onclick = back;
    bar.querySelector('[data-caller-begin]').onclick = begin;
    if (form.getAttribute('data-caller') === 'on') begin();
  }
  const startAll = () => all('form[data-caller]', document).forEach(start);
  document.addEventListener('htmx:afterSettle', startAll);
  startAll();
}());
