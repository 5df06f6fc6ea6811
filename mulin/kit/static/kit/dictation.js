// Speaks into a field where the community has switched it on: the browser recognises the words, for
// which it sends the sound to its maker, and each button says so. Loaded on staff pages alone.
(function () {
  'use strict';
  const Recognition = window.SpeechRecognition || window.webkitSpeechRecognition;
  const model = document.getElementById('dictation');
  const main = document.getElementById('main');
  if (!Recognition || !model || !main) return;
  // Words alone: no name, number or code of anybody is sent away.
  const FIELDS = 'textarea, input[type=text]:not([inputmode]):not([autocomplete=off]):not([list]):not([name*=name])';
  let running = null; // what listens now; one at a time

  function put(box, text) {
    const start = box.selectionStart;
    box.value = box.value.slice(0, start) + text + box.value.slice(box.selectionEnd);
    box.selectionStart = box.selectionEnd = start + text.length;
    box.dispatchEvent(new Event('input', { bubbles: true }));
  }
  function stop() {
    if (running) running.stop();
  }
  function listen(box, button, note) {
    const mine = new Recognition();
    const say = word => { note.textContent = model.getAttribute('data-' + word); };
    const end = () => {
      if (running === mine) running = null;
      button.setAttribute('aria-pressed', 'false');
      button.querySelector('span').textContent = model.getAttribute('data-speak');
    };
    mine.lang = 'zh-CN';
    mine.continuous = true;
    mine.interimResults = false;
    mine.onresult = event => {
      for (let n = event.resultIndex; n < event.results.length; n += 1) {
        if (event.results[n].isFinal) put(box, event.results[n][0].transcript);
      }
    };
    mine.onerror = event => {
      if (/not-allowed|service/.test(event.error)) say('forbidden');
      else if (event.error === 'network') say('unreachable');
      else if (event.error !== 'aborted') say('unheard');
    };
    mine.onend = end;
    running = mine;
    button.setAttribute('aria-pressed', 'true');
    button.querySelector('span').textContent = model.getAttribute('data-stop');
    say('sends');
    mine.start();
  }
  function add(box) {
    if (box.dictated || box.readOnly || box.disabled || box.closest('[data-unspoken]')) return;
    box.dictated = true;
    const line = model.querySelector('p').cloneNode(true);
    const button = line.querySelector('button');
    const note = line.querySelector('[role=status]');
    button.onclick = () => {
      const was = button.getAttribute('aria-pressed') === 'true';
      stop();
      if (!was) listen(box, button, note);
      box.focus();
    };
    box.parentNode.insertBefore(line, box.nextSibling);
  }
  const addAll = () => Array.from(main.querySelectorAll(FIELDS)).forEach(add);
  document.addEventListener('htmx:afterSettle', addAll);
  addEventListener('pagehide', stop);
  addAll();
}());
