// Speaks into a field where the community has switched it on: the browser recognises the words, for
// which it sends the sound to its maker, and each button says so. Loaded on staff pages alone.
(function () {
  'use strict';
  const Recognition = window.SpeechRecognition || window.webkitSpeechRecognition;
  const model = document.getElementById('dictation');
  const main = document.getElementById('main');
  if (!Recognition || !model || !main) return;
  // Whatever is written into; what a person alone knows (a password, a code) is never spoken aloud.
  const FIELDS = 'textarea, input[type=text], input[type=search], input[type=tel]';
  const SECRET = /(^|[_-])(code|password|pin|otp|token)([_-]|$)/i;
  const DIGITS = { '〇': 0, '零': 0, '一': 1, '幺': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9 };
  let running = null; // what listens now; one at a time
  let stops = null;

  const isSecret = box => SECRET.test(box.name) || /one-time-code|password/.test(box.autocomplete) || box.hasAttribute('data-secret');
  // What is heard, as the field wants it: figures where it asks for a number, no full stop in a line.
  function fitting(box, heard) {
    const text = box.tagName === 'TEXTAREA' ? heard : heard.replace(/[。，.,]+$/, '');
    if (box.type !== 'tel' && !/^(numeric|decimal|tel)$/.test(box.getAttribute('inputmode'))) return text;
    const figures = text.replace(/\s/g, '').replace(/点/g, '.').replace(/[〇零一幺二两三四五六七八九]/g, one => DIGITS[one]);
    return /^[-0-9.:年月日号]*$/.test(figures) ? figures.replace('号', '日') : text;
  }
  function put(box, heard) {
    const text = fitting(box, heard);
    const start = box.selectionStart;
    box.value = box.value.slice(0, start) + text + box.value.slice(box.selectionEnd);
    box.selectionStart = box.selectionEnd = start + text.length;
    box.dispatchEvent(new Event('input', { bubbles: true }));
  }
  function stop() {
    if (running) running.stop();
  }
  function listen(box, button) {
    const mine = new Recognition();
    const note = button.note || (button.note = model.querySelector('[role=status]').cloneNode(true));
    if (!note.parentNode) box.parentNode.insertBefore(note, box.nextSibling);
    const say = word => { note.textContent = model.getAttribute('data-' + word); };
    const name = word => { button.querySelector('span').textContent = model.getAttribute('data-' + word) + button.of; };
    const end = () => {
      if (running === mine) running = stops = null;
      button.setAttribute('aria-pressed', 'false');
      name('speak');
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
    mine.onend = () => {
      end();
      if (note.textContent === model.getAttribute('data-sends')) note.remove();
    };
    running = mine;
    stops = button;
    button.setAttribute('aria-pressed', 'true');
    name('stop');
    say('sends');
    mine.start();
  }
  function add(box) {
    if (box.dictated || box.readOnly || box.disabled || isSecret(box) || box.closest('[data-unspoken]')) return;
    box.dictated = true;
    const button = model.querySelector('button').cloneNode(true);
    const label = box.labels && box.labels[0];
    button.of = label ? ' ' + label.firstChild.textContent.trim() : '';
    button.querySelector('span').textContent += button.of;
    button.onclick = () => {
      const isOn = stops === button;
      stop();
      if (!isOn) listen(box, button);
      box.focus();
    };
    box.addEventListener('keydown', event => {
      if (event.key !== 'F2') return;
      event.preventDefault();
      button.click();
    });
    // In the line of the label, where it moves nothing; a field without one has it behind.
    const field = box.closest('.field');
    if (field && label && label.parentNode === field) field.insertBefore(button, field.firstChild);
    else box.parentNode.insertBefore(button, box.nextSibling);
    if (box.form && field && !main.querySelector('.dictation-note')) {
      field.parentNode.insertBefore(model.querySelector('.dictation-note').cloneNode(true), field);
    }
  }
  const addAll = () => Array.from(main.querySelectorAll(FIELDS)).forEach(add);
  document.addEventListener('htmx:afterSettle', addAll);
  addEventListener('pagehide', stop);
  addAll();
}());
