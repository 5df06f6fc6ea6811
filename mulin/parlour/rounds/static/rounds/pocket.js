// Today's doors in the pocket: put away while there is network, shown where there is none.
(function () {
  'use strict';
  const kept = window.mulinKept;
  if (!kept) return;
  const all = (selector, root) => Array.from(root.querySelectorAll(selector));

  // A door that was ticked without network is done on this page, too.
  document.addEventListener('mulin:queued', event => {
    const stop = event.target.closest('.stop');
    if (stop) stop.className += ' queued';
  });

  // ── with network: put away doors and names, and the page that works without ──
  const told = document.getElementById('pocket');
  if (told) {
    const round = JSON.parse(told.textContent);
    const at = document.querySelector('[data-worker]');
    if (navigator.serviceWorker) navigator.serviceWorker.register(at.getAttribute('data-worker'));
    // In this order: what the one before kept is gone by then.
    kept.put('pocket', round.day, round).then(() => {
      if (window.caches) return store(at.getAttribute('data-shell'), at.getAttribute('data-cache'));
      throw new Error('no place to keep a page');
    }).then(() => { document.getElementById('kept').hidden = false; }, () => {});
  }
  function store(shell, name) {
    const icon = document.querySelector('use');
    const needed = all('link[rel=stylesheet], script[src]', document).map(part => part.href || part.src)
      .concat(icon ? [new URL((icon.getAttribute('href') || icon.getAttribute('xlink:href')), location.href).href.split('#')[0]] : []);
    return caches.open(name).then(cache => cache.keys().then(old => Promise.all(old
      .filter(asked => needed.indexOf(asked.url) < 0 && !asked.url.endsWith(shell))
      .map(asked => cache.delete(asked)))).then(() => cache.addAll(needed))
      .then(() => fetch(shell, { credentials: 'same-origin' })).then(page => {
        if (!page.ok || page.redirected) throw new Error('no page for this account');
        return cache.put(shell, page);
      }));
  }

  // ── without network ──
  const place = document.getElementById('doors');
  if (!place) return;
  const fresh = form => { form.querySelector('[name=token]').value = kept.token(); };
  kept.get('pocket').then(round => {
    if (!round) return;
    document.getElementById('none').hidden = true;
    const homes = document.querySelector('[name=home]');
    const persons = document.querySelector('[name=person]');
    const nobody = persons.options[0];
    kept.waiting().then(orders => {
      const done = orders.map(order => new URL(order.url).pathname);
      round.homes.forEach(home => {
        const door = document.importNode(document.getElementById('door').content, true).firstElementChild;
        door.querySelector('h2').textContent = home.door;
        door.querySelector('.names').textContent = home.persons.map(person => person[1]).join('、');
        const form = door.querySelector('form');
        form.action = home.url;
        form.setAttribute('data-offline', home.door);
        fresh(form);
        if (done.indexOf(home.url) >= 0) door.className += ' queued';
        place.appendChild(door);
        homes.appendChild(new Option(home.door, home.id));
      });
    });
    homes.onchange = () => {
      const home = round.homes.find(one => one.id === homes.value);
      persons.textContent = '';
      persons.appendChild(nobody);
      (home ? home.persons : []).forEach(person => persons.appendChild(new Option(person[1], person[0])));
    };
    const hear = homes.form;
    fresh(hear);
    hear.hidden = false;
  });
}());
