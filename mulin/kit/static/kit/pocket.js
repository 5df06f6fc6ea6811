// Today's errands in the pocket: put away while there is network, with the page that shows them
// where there is none. `#pocket` holds them with their day; beside it stand the worker, the page
// without network, the cache, and the name under which they are kept.
(function () {
  'use strict';
  const kept = window.mulinKept;
  const told = document.getElementById('pocket');
  if (!kept || !told) return;
  const all = (selector, root) => Array.from(root.querySelectorAll(selector));
  const errands = JSON.parse(told.textContent);
  const at = document.querySelector('[data-worker]');
  if (navigator.serviceWorker) navigator.serviceWorker.register(at.getAttribute('data-worker'));
  // In this order: what the one before kept is gone by then.
  kept.put(at.getAttribute('data-pocket'), errands.day, errands).then(() => {
    if (window.caches) return store(at.getAttribute('data-shell'), at.getAttribute('data-cache'));
    throw new Error('no place to keep a page');
  }).then(() => { document.getElementById('kept').hidden = false; }, () => {});
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
}());
