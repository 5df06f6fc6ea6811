// The duty screen: asks every second, rings while nobody goes, and turns red by itself when it has
// heard nothing for half a minute. It needs no server for that.
(function () {
  'use strict';
  const main = document.querySelector('[data-now]');
  if (!main) return;
  const place = document.getElementById('now');
  const lost = document.getElementById('lost');
  const button = document.getElementById('sound');
  const SILENT_AFTER = 30000;
  const LONGEST_WAIT = 8000;
  let heardAt = Date.now();
  let waiting = Number(place.firstElementChild.getAttribute('data-waiting'));
  let sound = null;
  let asking = null;

  // ── the sound: two notes, made here, so that nothing has to be fetched ──
  function switchOn() {
    const Context = window.AudioContext || window.webkitAudioContext;
    if (!Context) return;
    if (!sound) sound = new Context();
    if (sound.resume) sound.resume();
    button.lastElementChild.textContent = main.getAttribute('data-sound-on');
    button.classList.remove('main');
    note(880, 0, 0.15);
  }
  function note(pitch, after, seconds) {
    const tone = sound.createOscillator();
    const loudness = sound.createGain();
    tone.frequency.value = pitch;
    tone.connect(loudness);
    loudness.connect(sound.destination);
    loudness.gain.value = 0.4;
    tone.start(sound.currentTime + after);
    tone.stop(sound.currentTime + after + seconds);
  }
  function ring() {
    if (!sound) return;
    note(880, 0, 0.25);
    note(660, 0.3, 0.35);
  }
  button.addEventListener('click', switchOn);

  // ── asking ──
  function show(text) {
    const part = new DOMParser().parseFromString(text, 'text/html').querySelector('[data-waiting]');
    if (!part) throw new Error('not the screen');
    const before = place.firstElementChild;
    if (!before || before.textContent !== part.textContent) {
      place.textContent = '';
      place.appendChild(document.importNode(part, true));
    }
    waiting = Number(part.getAttribute('data-waiting'));
    heardAt = Date.now();
  }
  function ask() {
    if (asking && Date.now() - asking < LONGEST_WAIT) return;
    const mine = asking = Date.now();
    fetch(main.getAttribute('data-now'), { credentials: 'same-origin', cache: 'no-store', redirect: 'error' })
      .then(answer => {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.text();
      })
      .then(show)
      .catch(() => {})
      .then(() => { if (asking === mine) asking = null; });
  }

  // ── looking after itself: what a clock of its own says, whatever became of the asking ──
  function look() {
    const isLost = Date.now() - heardAt > SILENT_AFTER;
    lost.hidden = !isLost;
    document.body.classList.toggle('is-lost', isLost);
    if (isLost || waiting) ring();
  }
  setInterval(ask, 1000);
  setInterval(look, 2000);
})();
