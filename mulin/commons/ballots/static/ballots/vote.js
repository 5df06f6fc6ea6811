// The voter's device: marks, blinds (RFC 9474), takes the two signatures, seals, casts.
// Plain script, no library. A browser without BigInt, WebCrypto, a secure page or a place to keep
// what is drawn is told so, and sent to paper.
(function () {
  'use strict';
  const big = typeof BigInt === 'function';
  const subtle = window.crypto && window.crypto.subtle;
  const text = new TextEncoder();
  const one = big && BigInt(1), zero = big && BigInt(0);

  // ── bytes and numbers ──
  const random = size => crypto.getRandomValues(new Uint8Array(size));
  const hex = bytes => Array.from(bytes, byte => ('0' + byte.toString(16)).slice(-2)).join('');
  const number = bytes => BigInt('0x' + (hex(bytes) || '0'));
  function bytes(value, size) {
    let written = value.toString(16);
    while (written.length < 2 * size) written = '0' + written;
    return Uint8Array.from(written.match(/../g), pair => parseInt(pair, 16));
  }
  function join() {
    const parts = Array.from(arguments);
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    parts.reduce((at, part) => { whole.set(part, at); return at + part.length; }, 0);
    return whole;
  }
  const base64 = data => btoa(String.fromCharCode.apply(null, data));
  const unbase64 = written => Uint8Array.from(atob(written), letter => letter.charCodeAt(0));
  const digest = async (name, data) => new Uint8Array(await subtle.digest(name, data));

  // ── arithmetic modulo n ──
  const mod = (value, n) => ((value % n) + n) % n;
  function power(base, exponent, n) {
    let result = one, square = mod(base, n);
    for (let left = exponent; left > zero; left >>= one) {
      if (left & one) result = result * square % n;
      square = square * square % n;
    }
    return result;
  }
  function inverse(value, n) {
    let r = n, next = mod(value, n), t = zero, then = one;
    while (next !== zero) {
      const q = r / next;
      [r, next] = [next, r - q * next];
      [t, then] = [then, t - q * then];
    }
    if (r !== one) throw new Error('no inverse');
    return mod(t, n);
  }

  // ── the suite RSABSSA-SHA384-PSS-Randomized ──
  const HASH = 48, PREFIX = 32;
  async function mask(seed, size) {
    const pieces = [];
    for (let count = 0; count * HASH < size; count++) {
      pieces.push(await digest('SHA-384', join(seed, bytes(BigInt(count), 4))));
    }
    return join.apply(null, pieces).slice(0, size);
  }
  async function encode(message, bits, salt) {
    const size = Math.ceil(bits / 8);
    const inner = await digest('SHA-384', message);
    const hash = await digest('SHA-384', join(new Uint8Array(8), inner, salt));
    const block = join(new Uint8Array(size - HASH - HASH - 2), Uint8Array.of(1), salt);
    const over = await mask(hash, block.length);
    const masked = block.map((byte, at) => byte ^ over[at]);
    masked[0] &= 255 >> (8 * size - bits);
    return join(masked, hash, Uint8Array.of(188));
  }
  async function publicKey(spki) {
    const scheme = { name: 'RSA-PSS', hash: 'SHA-384' };
    const key = await subtle.importKey('spki', unbase64(spki), scheme, true, ['verify']);
    const jwk = await subtle.exportKey('jwk', key);
    const part = written => number(unbase64(written.replace(/-/g, '+').replace(/_/g, '/')));
    const n = part(jwk.n);
    return { key: key, n: n, e: part(jwk.e), size: Math.ceil(n.toString(2).length / 8), bits: n.toString(2).length };
  }
  const prepare = message => join(random(PREFIX), message);
  async function blind(key, prepared) {
    const encoded = number(await encode(prepared, key.bits - 1, random(HASH)));
    inverse(encoded, key.n);
    let factor = zero;
    do { factor = number(random(key.size)); } while (factor < BigInt(2) || factor >= key.n);
    const blinded = encoded * power(factor, key.e, key.n) % key.n;
    return { blinded: bytes(blinded, key.size), inverse: bytes(inverse(factor, key.n), key.size) };
  }
  async function finalize(key, prepared, answer, unblind) {
    if (answer.length !== key.size) throw new Error('size');
    const signature = bytes(number(answer) * number(unblind) % key.n, key.size);
    const scheme = { name: 'RSA-PSS', saltLength: HASH };
    if (!await subtle.verify(scheme, key.key, signature, prepared)) throw new Error('signature');
    return signature;
  }

  // ── the envelope ──
  const curve = { name: 'ECDH', namedCurve: 'P-256' };
  const fresh = () => subtle.generateKey(curve, true, ['deriveBits']);
  async function seal(urn, election, plain, given) {
    const own = given || await fresh();
    const other = await subtle.importKey('raw', unbase64(urn), curve, false, []);
    const point = new Uint8Array(await subtle.exportKey('raw', own.publicKey));
    const shared = await subtle.deriveBits({ name: 'ECDH', public: other }, own.privateKey, 256);
    const material = await subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey']);
    const derive = { name: 'HKDF', hash: 'SHA-256', salt: point, info: text.encode('mulin/urn/1') };
    const key = await subtle.deriveKey(derive, material, { name: 'AES-GCM', length: 256 }, false, ['encrypt']);
    const nonce = random(12);
    const padded = join(plain, new Uint8Array(1024 - plain.length));
    const cipher = { name: 'AES-GCM', iv: nonce, additionalData: text.encode(election) };
    return base64(join(point, nonce, new Uint8Array(await subtle.encrypt(cipher, key, padded))));
  }
  const message = (election, constituency, nonce, choices) => text.encode(JSON.stringify(
    { v: 1, e: election, c: constituency, n: nonce, ch: choices.slice().sort() }));
  async function receipt(ballot) {
    const digits = (number(await digest('SHA-256', ballot)) % BigInt(1000000000000)).toString();
    const whole = ('000000000000' + digits).slice(-12);
    return whole.replace(/(....)(....)(....)/, '$1 $2 $3');
  }

  // ── one ballot: made and kept before anything is asked, the same until it lies in the urn ──
  function written(facts, choices) {
    const nonce = base64(random(32)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
    return message(facts.election, facts.constituency, nonce, choices);
  }
  async function make(facts, choices) {
    const token = random(32), ballot = written(facts, choices);
    const envelope = await publicKey(facts.envelopeKey), key = await publicKey(facts.ballotKey);
    const prepared = [prepare(token), prepare(ballot)];
    const blinded = [await blind(envelope, prepared[0]), await blind(key, prepared[1])];
    return {
      choices: choices, token: token, ballot: ballot, prepared: prepared,
      blinded: blinded.map(part => part.blinded), inverses: blinded.map(part => part.inverse)
    };
  }
  const packed = (ballot, prefix, signature) => join(
    Uint8Array.of(ballot.length >> 8, ballot.length & 255), ballot, prefix, signature);
  async function finish(facts, kept, answers) {
    const keys = [await publicKey(facts.envelopeKey), await publicKey(facts.ballotKey)];
    const signed = [];
    for (let at = 0; at < 2; at++) {
      signed.push(await finalize(keys[at], kept.prepared[at], answers[at], kept.inverses[at]));
    }
    const plain = packed(kept.ballot, kept.prepared[1].slice(0, PREFIX), signed[1]);
    return {
      token: base64(kept.token), prefix: base64(kept.prepared[0].slice(0, PREFIX)),
      signature: base64(signed[0]), sealed: await seal(facts.urnKey, facts.election, plain)
    };
  }

  // ── a practice ballot: sealed as a real one, signed by nobody, and its own secret is told ──
  async function practise(facts, choices) {
    const own = await fresh();
    const plain = packed(written(facts, choices), random(PREFIX), new Uint8Array((await publicKey(facts.ballotKey)).size));
    const sealed = await seal(facts.urnKey, facts.election, plain, own);
    const secret = (await subtle.exportKey('jwk', own.privateKey)).d;
    return {
      format: 'mulin-practice-1', election: facts.election, urn_key: facts.urnKey, sealed: sealed,
      key: base64(unbase64(secret.replace(/-/g, '+').replace(/_/g, '/')))
    };
  }

  // ── what is kept on this device until the ballot lies in the urn, and not a moment longer ──
  const asked = request => new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  async function store(mode) {
    const opening = indexedDB.open('mulin-vote', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('ballots');
    const database = await asked(opening);
    return database.transaction('ballots', mode).objectStore('ballots');
  }
  const keep = async (slot, kept) => asked((await store('readwrite')).put(kept, slot));
  const held = async slot => asked((await store('readonly')).get(slot));
  const forget = async slot => asked((await store('readwrite')).delete(slot));

  // ── asking ──
  async function draw(facts, kept) {
    const answer = await fetch(facts.drawUrl, {
      method: 'POST', credentials: 'same-origin', cache: 'no-store',
      headers: { 'Content-Type': 'application/json', 'X-CSRFToken': facts.csrf },
      body: JSON.stringify({ envelope: base64(kept.blinded[0]), ballot: base64(kept.blinded[1]) })
    });
    const told = await answer.json();
    if (!answer.ok) throw Object.assign(new Error('refused'), { words: told.words });
    return [unbase64(told.envelope), unbase64(told.ballot)];
  }
  async function nameless(url, body) {
    const answer = await fetch(url, {
      method: 'POST', credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store',
      headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body)
    });
    const told = await answer.json();
    if (answer.ok) return told;
    throw Object.assign(new Error('refused'), { words: told.words });
  }
  const cast = (facts, sealed) => nameless(facts.castUrl, sealed);
  async function send(facts, kept) {
    const answers = await draw(facts, kept);
    const sealed = kept.sealed || await finish(facts, kept, answers);
    kept.sealed = sealed;  // the same envelope again, should the next answer be lost
    await keep(facts.slot, kept);
    await cast(facts, sealed);
    const told = await receipt(kept.ballot);
    await forget(facts.slot);
    return told;
  }
  window.mulinVote = { publicKey: publicKey, prepare: prepare, blind: blind, finalize: finalize, seal: seal, make: make, finish: finish, practise: practise, draw: draw, cast: cast, keep: keep, held: held, receipt: receipt, base64: base64, unbase64: unbase64 };

  // ── the page ──
  const page = document.getElementById('vote');
  const told = document.getElementById('vote-facts');
  if (!page || !told) return;
  const facts = JSON.parse(told.textContent);
  const part = name => page.querySelector('[data-part=' + name + ']');
  const show = name => Array.from(page.querySelectorAll('[data-part]')).forEach(section => {
    section.hidden = section.getAttribute('data-part') !== name;
  });
  const boxes = Array.from(page.querySelectorAll('input[name=choice]'));
  const chosen = () => boxes.filter(box => box.checked).map(box => box.value);
  const title = value => page.querySelector('label[data-for="' + value + '"]').getAttribute('data-title');
  const counter = page.querySelector('[data-left]');

  // How many are left is computed from what is marked, each time.
  function recount() {
    const count = chosen().length;
    boxes.forEach(box => { box.disabled = facts.most > 1 && !box.checked && count >= facts.most; });
    counter.textContent = counter.getAttribute('data-words').replace('#', count).replace('@', facts.most);
  }
  function single(box) {
    if (facts.most === 1 && box.checked) boxes.forEach(other => { other.checked = other === box; });
  }
  function list(choices, name) {
    const place = page.querySelector('[data-' + (name || 'chosen') + ']');
    place.textContent = '';
    (choices.length ? choices.map(title) : [place.getAttribute('data-blank')]).forEach(words => {
      place.appendChild(document.createElement('li')).textContent = words;
    });
  }
  function fault(problem) {
    const place = page.querySelector('[data-fault]');
    place.textContent = problem.words || place.getAttribute('data-network');
    place.hidden = false;
    show('check');
    part('check').focus();
  }
  async function go() {
    show('wait');
    try {
      const kept = await held(facts.slot) || await make(facts, chosen());
      await keep(facts.slot, kept);
      page.querySelector('[data-receipt]').textContent = await send(facts, kept);
      show('done');
      part('done').focus();
    } catch (problem) { fault(problem); }
  }
  // What the server finds in the opened envelope is held against what was marked.
  async function tryOne() {
    const marked = (await held(facts.slot) || { choices: chosen() }).choices.slice().sort();
    show('wait');
    try {
      const made = await practise(facts, marked);
      const found = await nameless(facts.practiceUrl, { sealed: made.sealed, key: made.key });
      const isSame = JSON.stringify(found.choices) === JSON.stringify(marked);
      list(found.choices, 'found');
      page.querySelector('[data-same]').hidden = !isSame;
      page.querySelector('[data-other]').hidden = isSame;
      const file = new Blob([JSON.stringify(made)], { type: 'application/json' });
      page.querySelector('[data-file]').href = URL.createObjectURL(file);
      show('practised');
      part('practised').focus();
    } catch (problem) { fault(problem); }
  }
  async function begin() {
    if (!(big && subtle && window.isSecureContext && window.indexedDB && window.fetch)) return show('paper');
    let kept;
    try { kept = await held(facts.slot); } catch (closed) { return show('paper'); }
    if (kept) {
      list(kept.choices);
      page.querySelector('[data-resumed]').hidden = false;
      page.querySelector('[data-change]').hidden = true;
      return show('check');
    }
    if (facts.taken) return show('taken');
    boxes.forEach(box => box.addEventListener('change', () => { single(box); recount(); }));
    recount();
    show('mark');
  }
  page.querySelector('[data-next]').addEventListener('click', () => {
    const count = chosen().length;
    const least = page.querySelector('[data-least]');
    least.hidden = count === 0 || count >= facts.least;
    if (!least.hidden) return;
    list(chosen());
    show('check');
    part('check').focus();
  });
  page.querySelector('[data-change]').addEventListener('click', () => show('mark'));
  page.querySelector('[data-send]').addEventListener('click', go);
  page.querySelector('[data-send]').hidden = !facts.isOpen;
  page.querySelector('[data-practise]').addEventListener('click', tryOne);
  page.querySelector('[data-back]').addEventListener('click', () => { show('check'); part('check').focus(); });
  begin();
})();
