// When the network fails, what was sent stays on this device and goes once it is back: in order,
// each under the token of its form, so that it arrives once however often it is sent.
// Kept sealed with a key of the account, which leaves with it: nobody else at this device reads it.
(function () {
  'use strict';
  const account = document.body.getAttribute('data-account') || '';
  const subtle = window.crypto && crypto.subtle;
  if (!subtle || !window.indexedDB) return; // without https a browser has no safe place
  const all = (selector, root) => Array.from(root.querySelectorAll(selector));
  const region = document.getElementById('queue');
  const word = name => region.getAttribute('data-' + name);

  // ── two shelves: `kept` (the key, today's doors) and `queue` ──
  const opened = new Promise((done, fail) => {
    const asked = indexedDB.open('mulin', 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore('kept', { keyPath: 'name' });
      asked.result.createObjectStore('queue', { keyPath: 'token' });
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  });
  const shelf = (name, mode, act) => opened.then(db => new Promise((done, fail) => {
    const turn = db.transaction(name, mode);
    const found = act(turn.objectStore(name));
    turn.oncomplete = () => done(found && found.result);
    turn.onabort = turn.onerror = () => fail(turn.error);
  }));
  const read = (name, key) => shelf(name, 'readonly', store => store.get(key));
  const write = (name, row) => shelf(name, 'readwrite', store => store.put(row));
  const drop = (name, key) => shelf(name, 'readwrite', store => store.delete(key));
  const everything = name => shelf(name, 'readonly', store => store.getAll());

  // ── what this account keeps leaves with it; today's doors leave tonight ──
  const today = () => new Date(Date.now() + 8 * 36e5).toISOString().slice(0, 10);
  const forget = () => Promise.all([
    shelf('kept', 'readwrite', store => store.clear()),
    window.caches ? caches.keys().then(names => Promise.all(names.map(name => caches.delete(name)))) : 0,
  ]);
  const tidied = everything('kept').then(rows => {
    if (rows.some(row => row.account !== account)) return forget();
    return Promise.all(rows.filter(row => row.day && row.day !== today()).map(row => drop('kept', row.name)));
  });
  document.addEventListener('submit', event => {
    if (/\/sign-out\/$/.test(event.target.action)) forget();
  }, true);
  // Without network nothing is looked up while somebody types: each letter would fail.
  document.addEventListener('htmx:beforeRequest', event => {
    if (!navigator.onLine && /^input/.test(event.target.getAttribute('hx-trigger') || '')) event.preventDefault();
  });
  if (!region || !account) return;

  // ── the server: who is signed in, and with which key they seal ──
  function device() {
    const late = new Promise(done => setTimeout(() => done({ stands: 'away' }), 5000));
    const asked = fetch(word('device'), { credentials: 'same-origin', cache: 'no-store' }).then(answer => {
      if (answer.redirected || answer.status === 404) return { stands: 'door' };
      if (!answer.ok) return { stands: 'away' };
      return answer.json().then(told => Object.assign(told, { stands: told.account === account ? 'here' : 'other' }));
    });
    return Promise.race([asked, late]).catch(() => ({ stands: 'away' })).then(told => {
      if (told.stands !== 'here') return told;
      const raw = Uint8Array.from(atob(told.key), letter => letter.charCodeAt(0));
      return subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt'])
        .then(key => write('kept', { name: 'key', account: account, key: key })).then(() => told);
    });
  }
  const ownKey = () => tidied.then(() => read('kept', 'key')).then(row => {
    if (row && row.account === account) return row.key;
    return device().then(() => read('kept', 'key')).then(fresh => {
      if (!fresh) throw new Error('no key');
      return fresh.key;
    });
  });
  const seal = bytes => ownKey().then(key => {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    return subtle.encrypt({ name: 'AES-GCM', iv: iv }, key, bytes).then(sealed => ({ iv: iv, sealed: sealed }));
  });
  const unseal = box => ownKey().then(key => subtle.decrypt({ name: 'AES-GCM', iv: box.iv }, key, box.sealed));
  const sealWords = value => seal(new TextEncoder().encode(JSON.stringify(value)));
  const unsealWords = box => unseal(box).then(bytes => JSON.parse(new TextDecoder().decode(bytes)));
  const bytesOf = file => new Promise((done, fail) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.onerror = () => fail(reader.error);
    reader.readAsArrayBuffer(file);
  });
  const freshToken = () => btoa(String.fromCharCode.apply(null, crypto.getRandomValues(new Uint8Array(16))))
    .replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');

  // ── a form that could not go ──
  function labelOf(form, name) {
    const box = form.querySelector('[name="' + name + '"]');
    if (!box || !/^(TEXTAREA|INPUT)$/.test(box.tagName) || /^(hidden|radio|checkbox|file)$/.test(box.type)) return '';
    const label = box.id && form.querySelector('label[for="' + box.id + '"]');
    return label ? label.firstChild.textContent.trim() : name;
  }
  function keep(form, pressed) {
    const fields = [], files = [];
    new FormData(form).forEach((value, name) => {
      if (typeof value !== 'string') {
        if (value.size) files.push([name, value]);
      } else if (name !== 'csrfmiddlewaretoken' && name !== 'happened' && name !== 'token') {
        fields.push([name, value, labelOf(form, name)]);
      }
    });
    if (pressed && pressed.name) fields.push([pressed.name, pressed.value, '']);
    const box = form.querySelector('[name=token]');
    const order = {
      url: form.action, title: form.getAttribute('data-offline'), fields: fields,
      happened: new Date().toISOString(), refused: '',
    };
    return Promise.all(files.map(pair => bytesOf(pair[1]).then(seal).then(sealed => ({
      field: pair[0], name: pair[1].name, type: pair[1].type, box: sealed,
    })))).then(sealed => sealWords(order).then(words => write('queue', {
      token: (box && box.value) || freshToken(), account: account, at: Date.now(), words: words, files: sealed,
    }))).then(() => {
      form.reset();
      all('.photo-count', form).forEach(count => { count.textContent = ''; });
      if (box) box.value = freshToken();
      form.dispatchEvent(new CustomEvent('mulin:queued', { bubbles: true }));
    });
  }
  let last = null;
  document.addEventListener('click', event => {
    const button = event.target.closest && event.target.closest('button');
    if (button && button.form) last = button;
  }, true);
  const passing = [];
  document.addEventListener('submit', event => {
    const form = event.target;
    if (!form.hasAttribute('data-offline') || passing.indexOf(form) >= 0) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.hasAttribute('aria-busy')) return;
    form.setAttribute('aria-busy', 'true');
    const pressed = last && last.form === form ? last : form.querySelector('button[type=submit]');
    // A page that came from this device alone has no other way.
    const asked = form.hasAttribute('data-offline-only') ? Promise.resolve({ stands: 'away' }) : device();
    asked.then(told => {
      if (told.stands === 'other') return stand('other');
      if (told.stands !== 'here') return keep(form, pressed).then(() => draw(told.stands)).then(() => { send(); }, () => stand('failed'));
      passing.push(form);
      pressed.click();
      passing.pop();
    }).then(() => form.removeAttribute('aria-busy'));
  }, true);

  // ── sending, one after the other ──
  const mine = () => everything('queue').then(rows => rows.filter(row => row.account === account).sort((a, b) => a.at - b.at));
  const textsOf = (html, selector) => all(selector, new DOMParser().parseFromString(html, 'text/html'))
    .map(found => found.textContent.trim().replace(/\s+/g, ' ')).filter((text, n, texts) => text && texts.indexOf(text) === n).join(' ');
  function sendOne(row, csrf) {
    return unsealWords(row.words).then(order => {
      if (order.refused) return 'refused';
      const form = new FormData();
      order.fields.forEach(field => form.append(field[0], field[1]));
      form.append('token', row.token);
      form.append('happened', order.happened);
      return Promise.all(row.files.map(file => unseal(file.box).then(bytes =>
        form.append(file.field, new Blob([bytes], { type: file.type }), file.name)
      ))).then(() => fetch(order.url, {
        method: 'POST', body: form, credentials: 'same-origin', headers: { 'X-CSRFToken': csrf },
      })).then(answer => {
        if (answer.redirected && /\/sign-in\//.test(answer.url)) return 'door';
        if (answer.status >= 500 || answer.status === 403) return 'away';
        return answer.text().then(html => {
          if (answer.redirected) return drop('queue', row.token).then(() => arrived(order, textsOf(html, '.message')));
          order.refused = textsOf(html, 'main .error, main .errors li') || word('gone');
          return sealWords(order).then(words => write('queue', Object.assign(row, { words: words }))).then(() => 'refused');
        });
      });
    });
  }
  let busy = false;
  function send() {
    if (busy) return Promise.resolve();
    busy = true;
    return mine().then(rows => rows.length && device().then(told => {
      if (told.stands !== 'here') return told.stands;
      return rows.reduce((before, row) => before.then(stood =>
        stood === 'away' || stood === 'door' ? stood : sendOne(row, told.csrf).catch(() => 'away')
      ), Promise.resolve('here'));
    })).then(stood => { busy = false; return draw(stood); }, () => { busy = false; });
  }

  // ── what is shown: only this account's own ──
  const line = () => document.importNode(region.querySelector('template').content, true).firstElementChild;
  function stand(name) {
    region.hidden = false;
    region.querySelector('[role=status]').textContent = word(name) || '';
    region.querySelector('a').hidden = name !== 'door';
  }
  function arrived(order, said) {
    const done = line();
    done.className += ' done';
    done.querySelector('strong').textContent = order.title;
    done.querySelector('span').textContent = said;
    all('button', done).forEach(button => button.remove());
    region.querySelector('.arrived').appendChild(done);
    return 'here';
  }
  function drawOne(row, order) {
    const shown = line();
    shown.querySelector('strong').textContent = order.title;
    shown.querySelector('span').textContent = order.refused || new Date(row.at).toTimeString().slice(0, 5);
    const buttons = all('button', shown);
    if (!order.refused) {
      buttons.forEach(button => button.remove());
      return shown;
    }
    shown.className += ' wrong';
    order.fields.filter(field => field[2]).forEach(field => {
      const label = document.createElement('label');
      label.textContent = field[2];
      const box = document.createElement('textarea');
      box.value = field[1];
      box.oninput = () => { field[1] = box.value; };
      label.appendChild(box);
      shown.insertBefore(label, buttons[0]);
    });
    buttons[0].onclick = () => {
      order.refused = '';
      sealWords(order).then(words => write('queue', Object.assign(row, { words: words }))).then(send);
    };
    buttons[1].onclick = () => {
      if (buttons[1].hasAttribute('data-sure')) return drop('queue', row.token).then(() => draw());
      buttons[1].setAttribute('data-sure', '');
      buttons[1].textContent = word('sure');
    };
    return shown;
  }
  function draw(stood) {
    return mine().then(rows => Promise.all(rows.map(row => unsealWords(row.words).then(order => drawOne(row, order))))).then(lines => {
      const list = region.querySelector('.waiting');
      list.textContent = '';
      lines.forEach(shown => list.appendChild(shown));
      const waits = lines.some(shown => !/wrong/.test(shown.className));
      stand(lines.length ? (waits ? (/^(away|door|other)$/.test(stood) ? stood : 'waits') : 'refused') : 'sent');
      region.hidden = !lines.length && !region.querySelector('.arrived li');
    });
  }

  // For a page of its own that works without network (rounds/pocket.js).
  window.mulinKept = {
    put: (name, day, value) => sealWords(value).then(box => write('kept', Object.assign({ name: name, account: account, day: day }, box))),
    get: name => tidied.then(() => read('kept', name)).then(row => row && unsealWords(row)),
    waiting: () => mine().then(rows => Promise.all(rows.map(row => unsealWords(row.words)))),
    tokens: () => everything('queue').then(rows => rows.map(row => row.token)),
    token: freshToken,
  };
  ownKey().then(send, () => {}); // the key is here before it is needed
  addEventListener('online', send);
  setInterval(() => mine().then(rows => rows.length && send()), 20000);
}());
