// Copies the text of a field: the old way, which every browser and webview knows.
(function () {
  'use strict';
  Array.from(document.querySelectorAll('[data-copy]')).forEach(button => {
    const field = document.getElementById(button.getAttribute('data-copy'));
    const said = document.querySelector('[data-copied]');
    button.hidden = false;
    button.onclick = () => {
      field.focus();
      field.select();
      field.setSelectionRange(0, field.value.length); // what an iPhone needs
      let done = false;
      try { done = document.execCommand('copy'); } catch (refused) { /* then by hand */ }
      said.textContent = said.getAttribute(done ? 'data-copied' : 'data-by-hand');
    };
  });
}());
