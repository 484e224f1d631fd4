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

  // Files of a drop, also those in folders; more than are taken are only counted.
  async function filesOf(transfer, most) {
    const files = [], counted = { given: 0 };
    async function walk(entry) {
      if (entry.isFile) {
        counted.given++;
        if (files.length < most) files.push(await new Promise((done, fail) => entry.file(done, fail)));
        return;
      }
      const reader = entry.createReader();
      for (;;) {
        const some = await new Promise((done, fail) => reader.readEntries(done, fail));
        if (some.length === 0) return;
        for (const one of some) await walk(one);
      }
    }
    const entries = [...transfer.items].map(item => item.webkitGetAsEntry && item.webkitGetAsEntry()).filter(Boolean);
    if (entries.length === 0) return { files: [...transfer.files].slice(0, most), given: transfer.files.length };
    for (const entry of entries) await walk(entry);
    return { files, given: counted.given };
  }

  // Sends pictures to the interface, a few at once, and tells the page of each. The files stay here until they are kept.
  function pictures(zone, page, path, most) {
    const atOnce = 3, tries = 10, pause = 1000, known = /^image\/(png|jpeg|tiff|bmp|webp|gif)$/;
    const input = zone.querySelector('input[type=file]');
    const waiting = [];
    let reports = [], running = 0, ended = false, timer = null, isAway = false;

    const warn = event => { if (running > 0) event.preventDefault(); };
    const quiet = () => window.removeEventListener('beforeunload', warn);
    const tell = (...told) => { if (!ended) page.invokeMethodAsync(...told).catch(() => { /* the page comes back by itself */ }); };
    function flush() {
      timer = null;
      if (reports.length > 0) tell('ReportAsync', reports.splice(0, 100));
      if (reports.length > 0) timer = setTimeout(flush, 100);
    }
    function report(name, status, kind, detail) {
      reports.push({ name, status, kind, detail });
      if (timer === null) timer = setTimeout(flush, 150);
    }

    async function send(file) {
      const type = known.test(file.type) ? file.type : 'application/octet-stream';
      for (let i = 0; ; i++) {
        let answer = null;
        try {
          answer = await fetch(path + '&name=' + encodeURIComponent(file.name.slice(-200)), { method: 'POST', headers: { 'content-type': type }, body: file });
        } catch {
          // A folder or a file that has gone cannot be read; else the service is away.
          try { await file.slice(0, 1).arrayBuffer(); } catch { report(file.name, 0, 'unreadable', null); return true; }
        }
        if (answer && answer.status === 401) { waiting.length = 0; quiet(); leave(true); return true; }
        if (answer && answer.status !== 429 && answer.status !== 502 && answer.status !== 503) {
          let detail = null;
          try { detail = answer.ok ? null : (await answer.json()).detail; } catch { /* nothing to read */ }
          report(file.name, answer.status, answer.status === 422 && file.type !== '' && !known.test(file.type) ? 'other' : null, detail);
          return true;
        }
        if (i >= tries) return false;
        await new Promise(done => setTimeout(done, pause));
      }
    }

    async function run() {
      running++;
      while (waiting.length > 0 && !isAway) {
        const file = waiting.shift();
        if (file.type.startsWith('video/')) report(file.name, 0, 'video', null);
        else if (file.type !== '' && !file.type.startsWith('image/')) report(file.name, 0, 'other', null);
        else if (file.size === 0) report(file.name, 0, 'empty', null);
        else if (!await send(file)) { waiting.unshift(file); isAway = true; }
      }
      running--;
      if (running > 0) return;
      if (isAway) { flush(); tell('AwayAsync'); }
      if (ended) quiet();
    }

    function resume() {
      isAway = false;
      for (let i = running; i < atOnce; i++) run();
    }
    async function begin(found) {
      if (found.given === 0) return;
      waiting.push(...found.files); // behind those that are still on their way
      tell('BeginAsync', found.given);
      resume();
    }

    const over = event => { event.preventDefault(); zone.classList.add('over'); };
    const away = () => zone.classList.remove('over');
    const drop = async event => {
      event.preventDefault();
      away();
      begin(await filesOf(event.dataTransfer, most));
    };
    const pick = () => { begin({ files: [...input.files].slice(0, most), given: input.files.length }); input.value = ''; };
    zone.addEventListener('dragover', over);
    zone.addEventListener('dragleave', away);
    zone.addEventListener('drop', drop);
    input.addEventListener('change', pick);
    window.addEventListener('beforeunload', warn);
    if (input.files.length > 0) pick(); // somebody was faster than the page
    // Who goes to another step loses none: what was dropped is sent all the same.
    return { resume, end: () => { ended = true; if (running === 0) quiet(); } };
  }

  // A rectangle that is drawn on a picture, told in parts of it.
  function region(canvas, page) {
    let start = null;
    const at = event => {
      const box = canvas.getBoundingClientRect(), part = (value, from, length) => Math.min(1, Math.max(0, (value - from) / length));
      return { x: part(event.clientX, box.left, box.width), y: part(event.clientY, box.top, box.height) };
    };
    const show = end => {
      const width = canvas.viewBox.baseVal.width, height = canvas.viewBox.baseVal.height;
      for (const box of canvas.querySelectorAll('rect')) {
        box.setAttribute('x', Math.min(start.x, end.x) * width);
        box.setAttribute('y', Math.min(start.y, end.y) * height);
        box.setAttribute('width', Math.abs(start.x - end.x) * width);
        box.setAttribute('height', Math.abs(start.y - end.y) * height);
      }
    };
    const down = event => { start = at(event); canvas.setPointerCapture(event.pointerId); event.preventDefault(); };
    const move = event => { if (start) show(at(event)); };
    const up = event => {
      if (!start) return;
      const from = start, to = at(event);
      start = null;
      page.invokeMethodAsync('DrawAsync', from.x, from.y, to.x, to.y);
    };
    canvas.addEventListener('pointerdown', down);
    canvas.addEventListener('pointermove', move);
    canvas.addEventListener('pointerup', up);
    return { end: () => canvas.removeEventListener('pointerdown', down) };
  }

  // Rectangles that are drawn on a picture, told in the pixels of the drawing over it.
  function marks(canvas, page) {
    const draft = canvas.querySelectorAll('.draft');
    let start = null;
    const at = event => {
      const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(canvas.getScreenCTM().inverse());
      const size = canvas.viewBox.baseVal, inside = (value, most) => Math.min(most, Math.max(0, value));
      return { x: inside(point.x, size.width), y: inside(point.y, size.height) };
    };
    const show = (from, to) => {
      for (const box of draft) {
        box.setAttribute('x', Math.min(from.x, to.x));
        box.setAttribute('y', Math.min(from.y, to.y));
        box.setAttribute('width', Math.abs(from.x - to.x));
        box.setAttribute('height', Math.abs(from.y - to.y));
      }
    };
    const stop = () => { start = null; show({ x: 0, y: 0 }, { x: 0, y: 0 }); };
    const down = event => {
      if (!event.isPrimary || event.button !== 0) return;
      start = at(event);
      canvas.setPointerCapture(event.pointerId);
      event.preventDefault();
    };
    const move = event => { if (start) show(start, at(event)); };
    const up = event => {
      if (!start) return;
      const from = start, to = at(event);
      stop();
      page.invokeMethodAsync('DrawAsync', from.x, from.y, to.x, to.y);
    };
    const escape = event => { if (event.key === 'Escape' && start) stop(); };
    const listening = [['pointerdown', down], ['pointermove', move], ['pointerup', up], ['pointercancel', stop]];
    for (const [kind, listen] of listening) canvas.addEventListener(kind, listen);
    document.addEventListener('keydown', escape);
    return {
      end: () => {
        for (const [kind, listen] of listening) canvas.removeEventListener(kind, listen);
        document.removeEventListener('keydown', escape);
      }
    };
  }

  // Keys that move a marked place; those of the page do not hear of them.
  function markKeys(list, page) {
    const wanted = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Delete', 'Enter'];
    const listen = event => {
      const mark = event.target.closest('[data-mark]');
      if (!mark || event.ctrlKey || event.altKey || event.metaKey || !wanted.includes(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
      page.invokeMethodAsync('PressAsync', Number(mark.dataset.mark), event.key, event.shiftKey);
    };
    list.addEventListener('keydown', listen);
    return {
      focus: index => (list.querySelector(`[data-mark="${index}"]`) || list.parentElement.querySelector('button')).focus(),
      end: () => list.removeEventListener('keydown', listen)
    };
  }

  window.promptad = {
    leave: () => leave(true),
    pictures,
    region,
    marks,
    markKeys,
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
