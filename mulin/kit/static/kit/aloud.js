// Reads the page to whoever asks, line by line, with the voice the device has. Without a voice
// there is no button.
(function () {
  'use strict';
  const speech = window.speechSynthesis;
  const button = document.querySelector('[data-aloud]');
  const main = document.getElementById('main');
  if (!speech || !window.SpeechSynthesisUtterance || !button || !main) return;

  const BLOCKS = 'h1, h2, h3, p, li, dt, dd, blockquote, label, legend, summary, caption, th, td, .story, .button';
  const language = document.documentElement.lang.slice(0, 2);
  let lines = [];
  let at = 0;
  let turn = 0; // what was cancelled still reports its end: only the latest turn goes on

  function voice() {
    const own = speech.getVoices().filter(one => one.lang.slice(0, 2).toLowerCase() === language);
    return own.find(one => /CN|Hans/i.test(one.lang)) || own[0];
  }
  function show(word) {
    button.hidden = !voice();
    button.querySelector('span').textContent = button.getAttribute('data-' + word);
    button.setAttribute('aria-pressed', String(word === 'pause'));
  }
  function mark(line) {
    const before = main.querySelector('.is-read');
    if (before) before.classList.remove('is-read');
    if (!line) return;
    line.classList.add('is-read');
    const box = line.getBoundingClientRect();
    if (box.top < 0 || box.bottom > innerHeight) line.scrollIntoView();
  }
  function collect() {
    const blocks = Array.from(main.querySelectorAll(BLOCKS));
    return blocks.filter(el => el.offsetParent && el.innerText.trim() && !el.querySelector(BLOCKS));
  }
  function next() {
    const line = lines[at];
    mark(line);
    if (!line) {
      at = 0;
      show('read');
      return;
    }
    const mine = ++turn;
    const words = new SpeechSynthesisUtterance(line.innerText.trim());
    words.voice = voice();
    words.lang = words.voice.lang;
    words.rate = 0.8;
    words.onend = words.onerror = () => {
      if (mine !== turn) return;
      at += 1;
      next();
    };
    speech.speak(words);
  }
  button.onclick = () => {
    const reading = button.getAttribute('aria-pressed') === 'true';
    turn += 1;
    speech.cancel();
    if (reading) return show('on');
    if (at === 0) lines = collect();
    show('pause');
    next();
  };
  addEventListener('pagehide', () => speech.cancel());
  if (speech.addEventListener) speech.addEventListener('voiceschanged', () => { if (!turn) show('read'); });
  show('read');
}());
