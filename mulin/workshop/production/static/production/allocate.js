// A lot is pulled onto a person; the list beside it does the same with the keys alone.
(function () {
  'use strict';
  const near = (event, what) => event.target.closest && event.target.closest(what);
  const clear = () => document.querySelectorAll('.hands .over').forEach(row => row.classList.remove('over'));
  let pulled = null;
  document.addEventListener('dragstart', event => {
    pulled = near(event, '[data-lot]');
    if (pulled) event.dataTransfer.setData('text/plain', pulled.getAttribute('data-lot'));
  });
  document.addEventListener('dragover', event => {
    const row = pulled && near(event, '[data-worker]');
    clear();
    if (!row) return;
    event.preventDefault();
    row.classList.add('over');
  });
  document.addEventListener('drop', event => {
    const row = pulled && near(event, '[data-worker]');
    if (!row) return;
    event.preventDefault();
    const box = pulled.querySelector('select');
    box.value = row.getAttribute('data-worker');
    box.dispatchEvent(new Event('change', { bubbles: true }));
  });
  document.addEventListener('dragend', () => { pulled = null; clear(); });
})();
