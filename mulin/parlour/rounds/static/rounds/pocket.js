// Today's doors where there is no network: kit/pocket.js put them away.
(function () {
  'use strict';
  const kept = window.mulinKept;
  if (!kept) return;

  // A door that was ticked without network is done on this page, too.
  document.addEventListener('mulin:queued', event => {
    const stop = event.target.closest('.stop');
    if (stop) stop.className += ' queued';
  });

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
    document.getElementById('hear').hidden = false;
  });
}());
