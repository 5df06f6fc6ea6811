// Only for pages beside this address: without network whoever walks gets the page that works without.
// No page with anybody's data is ever put into the cache.
'use strict';
const SHELL = '{{ shell }}';
const SOON = 8000;
const kept = what => caches.open('{{ cache }}').then(cache => cache.match(what)).then(found => found || Response.error());
const inTime = asked => Promise.race([
  asked, new Promise((done, fail) => setTimeout(() => fail(new Error('late')), SOON)),
]).then(answer => {
  if (answer.status >= 502 && answer.status <= 504) throw new Error('the house is closed');
  return answer;
});
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', event => event.waitUntil(self.clients.claim()));
self.addEventListener('fetch', event => {
  const asked = event.request;
  if (asked.method !== 'GET') return;
  if (asked.mode === 'navigate') event.respondWith(inTime(fetch(asked)).catch(() => kept(SHELL)));
  else if (new URL(asked.url).pathname.startsWith('{{ static }}')) event.respondWith(fetch(asked).catch(() => kept(asked.url)));
});
