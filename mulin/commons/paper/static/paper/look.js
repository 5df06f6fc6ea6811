// Enter says "looked at" and goes on to the next doubtful field; after the last it hands the sheet in.
// Without this file one ticks the fields and presses the button.
(function () {
  'use strict';
  const form = document.querySelector('form[data-look]');
  if (!form) return;
  const lines = Array.from(form.querySelectorAll('[data-line]'));
  const tickOf = line => line.querySelector('.check input');
  const valueOf = line => {
    const all = Array.from(line.querySelectorAll('.field input, .field textarea, .field select'));
    return all.find(one => one.checked) || all[0];
  };
  const isOpen = line => tickOf(line) && !tickOf(line).checked;
  function open(line) {
    const value = valueOf(line);
    value.focus();
    line.scrollIntoView({ block: 'center' });
    if (value.select && !/^(radio|checkbox)$/.test(value.type)) value.select();
  }
  form.addEventListener('keydown', event => {
    const line = event.target.closest('[data-line]');
    if (event.key !== 'Enter' || event.isComposing || event.shiftKey || !line) return;
    event.preventDefault();
    const tick = tickOf(line);
    if (tick) tick.checked = true;
    const at = lines.indexOf(line);
    const next = lines.slice(at + 1).concat(lines.slice(0, at)).find(isOpen);
    if (next) open(next); else form.querySelector('button[type=submit]').click();
  });
  const first = lines.find(isOpen);
  if (first && !document.getElementById('errors')) open(first);
}());
