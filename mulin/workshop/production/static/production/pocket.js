// The doors of a carrier's rounds of today, where there is no network: kit/pocket.js put them away.
(function () {
  'use strict';
  const kept = window.mulinKept;
  const place = document.getElementById('doors');
  if (!kept || !place) return;
  document.addEventListener('mulin:queued', event => {
    const stop = event.target.closest('.stop');
    if (stop) event.target.hidden = true;
  });
  kept.get('carrying').then(day => {
    if (!day || !day.stops.length) return;
    document.getElementById('none').hidden = true;
    kept.waiting().then(orders => {
      const noted = orders.map(order => new URL(order.url).pathname);
      day.stops.forEach(stop => {
        const door = document.importNode(document.getElementById('door').content, true).firstElementChild;
        const form = door.querySelector('form');
        const pieces = form.querySelector('[name=quantity]');
        door.querySelector('h2').textContent = stop.door;
        door.querySelector('p').textContent = stop.words;
        form.action = stop.url;
        form.setAttribute('data-offline', stop.title);
        form.querySelector('[name=token]').value = kept.token();
        form.querySelector('button span').textContent = stop.done;
        pieces.value = stop.quantity;
        pieces.id = 'pieces-' + stop.id;
        form.querySelector('label').htmlFor = pieces.id;
        form.hidden = noted.indexOf(stop.url) >= 0;
        place.parentNode.insertBefore(door, place);
      });
    });
  });
}());
