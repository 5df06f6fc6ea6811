// What is typed into a form with data-keep outlives the tab: the server keeps it for the account,
// under the token of the form, until the act is done. This tab holds the token alone and, while
// the server cannot be reached or nobody has signed in, the words.
(function () {
  'use strict';
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const on = (name, act, early) => document.addEventListener(name, act, early);
  const account = document.body.getAttribute('data-account') || '';
  const server = account && document.getElementById('drafts');
  const address = name => server.getAttribute('data-' + name);

  // ── what this tab holds, of this account alone ──
  const own = 'mulin:' + account + ':';
  Object.keys(sessionStorage).forEach(key => {
    if (key.startsWith('mulin:') && !key.startsWith(own)) sessionStorage.removeItem(key);
  });
  const slot = form => own + form.getAttribute('data-keep');
  const held = form => JSON.parse(sessionStorage.getItem(slot(form)) || 'null');
  const drop = form => sessionStorage.removeItem(slot(form));
  function hold(form, what) {
    try { sessionStorage.setItem(slot(form), JSON.stringify(what)); } catch (full) { /* the server has it */ }
  }

  // ── what a form holds ──
  const ticks = el => /^(radio|checkbox)$/.test(el.type);
  const kept = form => all('input, textarea, select', form).filter(el =>
    el.name && !/^(hidden|password|file)$/.test(el.type) && !/^(off|one-time-code|new-password|current-password)$/.test(el.getAttribute('autocomplete')));
  const read = form => kept(form).map(el => [el.name, el.value, ticks(el) ? el.checked : el.tagName === 'SELECT' || null]);
  const here = (location.pathname + location.search).slice(0, 300);
  const tokenOf = form => (form.querySelector('[name=token]') || {}).value || '';
  function put(form, fields, evenOver) {
    fields.forEach(was => kept(form).filter(el => el.name === was[0]).forEach(el => {
      if (!ticks(el)) el.value = evenOver ? was[1] : el.value || was[1];
      else if (el.value === was[1]) el.checked = was[2];
    }));
    form.dispatchEvent(new CustomEvent('mulin:restored', { bubbles: true }));
  }

  // ── keeping: a moment after the last letter, and when the page is left ──
  function packed(form) {
    const box = new FormData();
    const add = (name, value) => box.append(name, value);
    add('account', account);
    add('form', form.getAttribute('data-keep'));
    add('token', tokenOf(form));
    add('path', form.path || here);
    add('fields', JSON.stringify(read(form)));
    add('goes_on_with', form.goesOnWith || '');
    add('csrfmiddlewaretoken', (form.querySelector('[name=csrfmiddlewaretoken]') || {}).value || '');
    return box;
  }
  function save(form) {
    clearTimeout(form.draftSoon);
    if (!server || !form.isDirty) return;
    form.isDirty = false;
    fetch(address('keep'), { method: 'POST', body: packed(form), credentials: 'same-origin', keepalive: true, redirect: 'error' })
      .then(answer => {
        // 400 and 409 stay as they are, however often it is tried.
        if (answer.status >= 500 || answer.status === 403) throw new Error('away');
        if (!form.isDirty && answer.ok) hold(form, { token: tokenOf(form), path: form.path || here });
      }).catch(() => { form.isDirty = true; });
  }
  function touch(form) {
    form.isDirty = true;
    hold(form, { token: tokenOf(form), path: form.path || here, fields: read(form) });
    clearTimeout(form.draftSoon);
    form.draftSoon = setTimeout(() => save(form), 700);
  }
  const each = act => all('form[data-keep]').forEach(act);
  const typed = event => {
    const form = event.target.form;
    if (form && form.hasAttribute('data-keep') && kept(form).indexOf(event.target) >= 0) touch(form);
  };
  on('input', typed);
  on('change', typed);
  on('submit', event => {
    each(save);
    // Nobody is signed in: whatever comes back stands in the form that comes back.
    if (!server && event.target.hasAttribute('data-keep')) drop(event.target);
  });
  on('mulin:queued', event => {
    const form = event.target;
    clearTimeout(form.draftSoon);
    form.isDirty = false;
    form.goesOnWith = '';
    if (form.hasAttribute('data-keep')) drop(form);
  });
  function leave() {
    each(form => {
      if (server && form.isDirty && navigator.sendBeacon && navigator.sendBeacon(address('keep'), packed(form))) form.isDirty = false;
    });
  }
  addEventListener('pagehide', leave);
  on('visibilitychange', () => { if (document.hidden) each(save); });
  on('mulin:leave', () => each(save));
  addEventListener('online', () => each(save));
  // A page that the browser had put aside is that of whoever was here then.
  addEventListener('pageshow', event => { if (event.persisted && account) location.reload(); });

  // ── giving back ──
  function goOn(form, fields, token) {
    form.goesOnWith = token;
    put(form, fields, true);
    touch(form);
  }
  function throwAway(form, token) {
    const box = new FormData();
    box.append('token', token);
    box.append('csrfmiddlewaretoken', (form.querySelector('[name=csrfmiddlewaretoken]') || {}).value || '');
    return fetch(address('throw'), { method: 'POST', body: box, credentials: 'same-origin', headers: { 'X-Requested-With': 'fetch' } });
  }
  function offer(form, draft) {
    const bar = document.importNode(server.content, true).firstElementChild;
    bar.querySelector('.draft-when').textContent = draft.began;
    bar.querySelector('.draft-words').textContent = draft.words;
    const buttons = all('button', bar);
    buttons[0].onclick = () => {
      if (draft.path !== here) {
        // It is about somebody else, or something else: its own page goes on with it.
        hold(form, { token: draft.token, path: draft.path });
        location.href = draft.path;
        return;
      }
      goOn(form, draft.fields, draft.token);
      bar.remove();
      const first = kept(form)[0];
      if (first) first.focus();
    };
    buttons[1].onclick = () => throwAway(form, draft.token).then(() => bar.remove());
    form.insertBefore(bar, form.firstChild);
  }
  function giveBack(form, told, waiting) {
    const mine = held(form);
    const own = tokenOf(form);
    const name = form.getAttribute('data-keep');
    let others = told.drafts.filter(one => one.form === name && one.token !== own && waiting.indexOf(one.token) < 0);
    // It came back with its faults, perhaps from an address that is no page.
    if (mine && mine.token === own) form.path = mine.path;
    if (mine && mine.token !== own) {
      const known = others.find(one => one.token === mine.token);
      const isSpent = told.spent.indexOf(mine.token) >= 0 || waiting.indexOf(mine.token) >= 0;
      drop(form);
      // This tab was at it: it goes on by itself.
      if (mine.fields && !isSpent) goOn(form, mine.fields, mine.token);
      else if (known) goOn(form, known.fields, known.token);
      others = others.filter(one => one.token !== mine.token);
    }
    others.reverse().forEach(one => offer(form, one));
  }
  function start(root) {
    const forms = all('form[data-keep]', root).filter(form => (!server || tokenOf(form)) && !form.isAsked);
    if (!forms.length) return;
    forms.forEach(form => { form.isAsked = true; });
    if (!server) {
      forms.forEach(form => {
        const mine = held(form);
        if (mine && mine.fields) put(form, mine.fields, false);
      });
      return;
    }
    const query = new URLSearchParams();
    forms.forEach(form => {
      query.append('form', form.getAttribute('data-keep'));
      const mine = held(form);
      if (mine) query.append('token', mine.token);
    });
    const queued = window.mulinKept ? window.mulinKept.tokens().catch(() => []) : Promise.resolve([]);
    const told = fetch(address('kept') + '?' + query, { credentials: 'same-origin' })
      .then(answer => (answer.ok && !answer.redirected ? answer.json() : { drafts: [], spent: [] }));
    Promise.all([told, queued]).then(both => {
      forms.filter(form => !form.isDirty && document.contains(form)).forEach(form => giveBack(form, both[0], both[1]));
    }, () => {
      // No network: what this tab still has.
      forms.forEach(form => {
        const mine = held(form);
        if (mine && mine.fields && mine.token !== tokenOf(form)) goOn(form, mine.fields, mine.token);
      });
    });
  }
  on('htmx:afterSettle', event => start(event.detail.elt));
  if (document.readyState === 'loading') on('DOMContentLoaded', () => start(document)); else setTimeout(() => start(document));
}());
