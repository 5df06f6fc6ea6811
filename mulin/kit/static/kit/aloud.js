// Reads the page to whoever asks, line by line, with the voice the device has, as slowly as they
// like. Without a voice there is no button; who came by the code of a printed notice (#aloud) finds
// one large button, or is told that this device has no Chinese voice.
(function () {
  'use strict';
  const speech = window.SpeechSynthesisUtterance ? window.speechSynthesis : null;
  const buttons = Array.from(document.querySelectorAll('[data-aloud]'));
  const speed = document.querySelector('[data-aloud-speed]');
  const page = document.querySelector('[data-aloud-page]');
  const main = document.getElementById('main');
  if (!buttons.length || !main) return;

  const BLOCKS = 'h1, h2, h3, p, li, dt, dd, blockquote, label, legend, summary, caption, th, td, .story, .button';
  const RATES = [0.8, 1, 0.6];
  const language = document.documentElement.lang.slice(0, 2);
  const came = /^#aloud$/i.test(location.hash);
  let lines = [];
  let at = 0;
  let turn = 0; // what was cancelled still reports its end: only the latest turn goes on
  let rate = 0;

  function voice() {
    const own = speech ? speech.getVoices().filter(one => one.lang.slice(0, 2).toLowerCase() === language) : [];
    return own.find(one => /CN|Hans/i.test(one.lang)) || own[0];
  }
  function show(word) {
    buttons.forEach(button => {
      button.hidden = !voice();
      button.querySelector('span').textContent = button.getAttribute('data-' + word);
      button.setAttribute('aria-pressed', String(word === 'pause'));
    });
    if (speed) {
      speed.hidden = !voice() || (word === 'read' && !came);
      speed.querySelector('span').textContent = speed.getAttribute('data-speed-' + rate);
    }
    if (page && came) {
      page.hidden = false;
      page.querySelector('[data-aloud-none]').hidden = Boolean(voice());
    }
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
    return blocks.filter(el => el.offsetParent && el.innerText.trim() && !el.querySelector(BLOCKS) && !el.closest('[data-aloud-page]'));
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
    words.rate = RATES[rate];
    words.onend = words.onerror = () => {
      if (mine !== turn) return;
      at += 1;
      next();
    };
    speech.speak(words);
  }
  const isReading = () => buttons[0].getAttribute('aria-pressed') === 'true';
  function press() {
    const reading = isReading();
    turn += 1;
    speech.cancel();
    if (reading) return show('on');
    if (at === 0) lines = collect();
    show('pause');
    next();
  }
  buttons.forEach(button => { button.onclick = press; });
  if (speed) {
    speed.onclick = () => {
      rate = (rate + 1) % RATES.length;
      const reading = isReading();
      show(reading ? 'pause' : at ? 'on' : 'read');
      if (!reading) return;
      // The line that is being read begins again, at the new speed.
      turn += 1;
      speech.cancel();
      next();
    };
  }
  addEventListener('pagehide', () => { if (speech) speech.cancel(); });
  if (speech && speech.addEventListener) speech.addEventListener('voiceschanged', () => { if (!turn) show('read'); });
  show('read');
}());
