// What the page needs of the browser before and beside Blazor: choices, sign-in, the end of a session, and a connection that comes back.
(function () {
  'use strict';
  const idle = 30 * 60 * 1000, renew = 5 * 60 * 1000, watch = 30 * 1000, left = 'promptad-signed-out';
  const year = 365 * 24 * 60 * 60;
  const isAccount = document.querySelector('form[data-account]') !== null;

  function remember(name, value) {
    document.cookie = name + '=' + encodeURIComponent(value) + '; path=/; samesite=strict; max-age=' + (value ? year : 0);
  }

  function recall(name) {
    const found = document.cookie.split('; ').find(one => one.startsWith(name + '='));
    return found ? decodeURIComponent(found.slice(name.length + 1)) : '';
  }

  // The time zone in which times are shown.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && recall('promptad-zone') !== zone) remember('promptad-zone', zone);

  function showTheme() {
    const theme = recall('promptad-theme');
    if (theme) document.documentElement.dataset.theme = theme; else delete document.documentElement.dataset.theme;
    for (const select of document.querySelectorAll('select[data-choice=promptad-theme]')) select.value = theme;
  }
  showTheme();

  document.addEventListener('change', event => {
    const name = event.target.dataset && event.target.dataset.choice;
    if (!name) return;
    remember(name, event.target.value);
    if (name === 'promptad-theme') showTheme(); else location.reload();
  });

  // Sign-in and set-up: the interface answers, the form shows its own words for what is refused.
  function post(path, body) {
    return fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  }

  document.addEventListener('submit', async event => {
    const form = event.target;
    if (!form.dataset.account) return;
    event.preventDefault();
    const refused = form.querySelector('.refused'), button = form.querySelector('button');
    const body = Object.fromEntries(new FormData(form));
    refused.hidden = true;
    button.disabled = true;
    try {
      let answer = await post(form.dataset.account, body);
      if (answer.ok && form.dataset.then) answer = await post(form.dataset.then, { name: body.name, password: body.password });
      if (answer.ok) {
        const back = form.dataset.back || '/';
        location.assign(/^\/(?![\/\\])/.test(back) ? back : '/');
        return;
      }
      refused.textContent = form.getAttribute('data-' + answer.status) || (answer.status >= 500 ? form.dataset.away : form.dataset.other);
    } catch {
      refused.textContent = form.dataset.away;
    }
    refused.hidden = false;
    button.disabled = false;
  });

  // The end of a session: told here, and to the other pages of this browser.
  function leave(ended) {
    const back = encodeURIComponent(location.pathname + location.search);
    location.assign('/sign-in' + (ended ? '?ended=1&back=' + back : ''));
  }

  async function signOut(ended) {
    try { await post('/api/sign-out', {}); } catch { /* the cookie ends by itself */ }
    localStorage.setItem(left, Date.now().toString());
    leave(ended);
  }

  document.addEventListener('click', event => {
    if (!event.target.closest) return;
    if (event.target.closest('[data-sign-out]')) signOut(false);
    if (event.target.closest('[data-reload]')) { event.preventDefault(); location.reload(); }
  });

  if (!isAccount) {
    let used = Date.now(), renewed = Date.now();
    for (const kind of ['pointerdown', 'keydown', 'wheel']) document.addEventListener(kind, () => { used = Date.now(); }, { passive: true });
    window.addEventListener('storage', event => { if (event.key === left) leave(true); });
    setInterval(async () => {
      // Live only shows, so nobody has to move a mouse before it.
      const watches = location.pathname === '/';
      if (!watches && Date.now() - used > idle) { await signOut(true); return; }
      if (Date.now() - renewed < renew) return;
      renewed = Date.now();
      try {
        const answer = await fetch('/api/account');
        if (answer.status === 401) leave(true);
      } catch { /* the connection is told of by Blazor */ }
    }, watch);
  }

  window.promptad = {
    leave: () => leave(true),
    // Keys of a page, but not those that are typed into a field or go with another key.
    keys: (page, wanted) => {
      const listen = event => {
        if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest('input, select, textarea')) return;
        const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
        if (!wanted.includes(key)) return;
        event.preventDefault();
        page.invokeMethodAsync('PressAsync', key);
      };
      document.addEventListener('keydown', listen);
      return { end: () => document.removeEventListener('keydown', listen) };
    }
  };

  // The connection comes back by itself. Where the service has started anew, the page is loaded again.
  if (!window.Blazor) return;
  const modal = document.getElementById('components-reconnect-modal');
  async function reloadWhenThere() {
    for (;;) {
      try {
        if ((await fetch('/health/live', { cache: 'no-store' })).ok) break;
      } catch { /* not yet */ }
      await new Promise(done => setTimeout(done, 1000));
    }
    modal.classList.add('returned');
    location.reload();
  }
  modal.addEventListener('components-reconnect-state-changed', event => {
    const state = event.detail.state;
    if (state === 'failed' || state === 'rejected' || state === 'resume-failed') reloadWhenThere();
  });
  Blazor.start({
    circuit: { reconnectionOptions: { maxRetries: 1000000, retryIntervalMilliseconds: tries => (tries < 20 ? 500 : 2000) } }
  });
})();
