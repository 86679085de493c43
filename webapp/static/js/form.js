// What a form gains when JavaScript runs: drafts while typing, a backup in this browser, uploads one by one, focus where
// the eye is. Without it the form is complete all the same. Works by delegation, so swapped-in parts need no set-up.
(() => {
  'use strict';
  const DRAFT_DELAY_MS = 1200;
  const BACKUP_DAYS = 14;
  const PREFIX = 'yunzhi.form.';
  // getAttribute and closest, never form.action or form.id: a field may bear that name and hide the property.
  const formOf = element => element instanceof Element ? element.closest('form.yz-form') : null;
  const theForm = () => document.querySelector('form.yz-form');
  const draftKey = form => form.getAttribute('data-draft-key');
  const actionOf = form => form.getAttribute('action') || location.href;
  const say = (form, text, time) => {
    const status = form.querySelector('[data-draft-status]');
    if (!status || !text) return;
    status.textContent = time ? `${text} ${new Date().toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })}` : text;
  };

  // ---- what was typed, as pairs (files travel on their own) --------------------------------------------------------
  const OWN = ['csrf_token', '_do'];
  const pairs = form => [...new FormData(form)].filter(([name, value]) => typeof value === 'string' && !OWN.includes(name));
  const request = (form, entries, what, options) => {
    const body = new URLSearchParams(entries);
    const token = form.querySelector('input[name="csrf_token"]');
    if (token) body.set('csrf_token', token.value);
    body.set('_do', what);
    return fetch(actionOf(form), {
      method: 'POST', body, credentials: 'same-origin', redirect: 'manual',
      headers: { 'HX-Request': 'true', Accept: 'text/html' }, ...options,
    });
  };

  // ---- the backup in this browser: only what the server has not confirmed ------------------------------------------
  const backup = {
    read(form) {
      try {
        const found = JSON.parse(localStorage.getItem(PREFIX + draftKey(form)));
        if (found && Date.now() - found.at < BACKUP_DAYS * 86400e3) return found;
      } catch { /* unreadable counts as none */ }
      this.drop(form);
      return null;
    },
    write(form, sent) {
      try {
        localStorage.setItem(PREFIX + draftKey(form), JSON.stringify({ at: Date.now(), sent, pairs: pairs(form) }));
      } catch { /* storage full or forbidden: the server's draft remains */ }
    },
    drop(form) {
      try { localStorage.removeItem(PREFIX + draftKey(form)); } catch { /* nothing stored then */ }
    },
  };

  // ---- drafts on the server ----------------------------------------------------------------------------------------
  let timer = 0, saving = null, dirty = false;
  const touched = form => {
    if (!draftKey(form)) return;
    backup.write(form, false);
    dirty = true;
    if (!form.hasAttribute('data-draft-server')) return;
    clearTimeout(timer);
    timer = setTimeout(() => saveDraft(theForm()), DRAFT_DELAY_MS);
  };
  const saveDraft = async (form, options = {}) => {
    if (!form || !dirty || saving || form.hasAttribute('data-sending')) return;
    dirty = false;
    saving = new AbortController();
    try {
      const answer = await request(form, pairs(form), 'draft', { signal: saving.signal, ...options });
      if (!answer.ok) throw new Error(String(answer.status));
      if (!dirty) backup.drop(form);
      say(theForm() || form, form.getAttribute('data-text-saved'), true);
    } catch (error) {
      if (error.name !== 'AbortError') say(theForm() || form, form.getAttribute('data-text-local'), false);
    } finally {
      saving = null;
    }
    if (dirty && theForm()) touched(theForm());
  };
  addEventListener('input', event => { const form = formOf(event.target); if (form) touched(form); });
  addEventListener('change', event => { const form = formOf(event.target); if (form && event.target.type !== 'file') touched(form); });
  document.addEventListener('visibilitychange', () => {
    const form = theForm();
    if (document.visibilityState === 'hidden' && form && form.hasAttribute('data-draft-server')) saveDraft(form, { keepalive: true });
  });

  // ---- submitting: once, and not before the uploads have arrived ---------------------------------------------------
  let uploads = 0;
  addEventListener('submit', event => {
    const form = formOf(event.target);
    if (!form || event.defaultPrevented) return;
    if (uploads || form.hasAttribute('data-sending')) { event.preventDefault(); return; }
    form.setAttribute('data-sending', '');
    clearTimeout(timer);
    if (saving) saving.abort();
    if (draftKey(form)) backup.write(form, true);
  });
  addEventListener('pageshow', () => theForm()?.removeAttribute('data-sending'));

  // ---- coming back: the server draws the form from the backup, so that rows and conditions are right ---------------
  const refill = (form, entries) => {
    for (const [name, value] of entries) {
      for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (field.type === 'radio' || field.type === 'checkbox') field.checked ||= field.value === value;
        else if (field.type !== 'hidden' && field.type !== 'file') field.value = value;
      }
    }
  };
  let leaving = false;
  addEventListener('pagehide', () => { leaving = true; });
  addEventListener('pageshow', () => { leaving = false; });
  const restore = async form => {
    if (!draftKey(form) || form.querySelector('.yz-errors')) return;
    const found = backup.read(form);
    if (!found) return;
    const arrived = performance.getEntriesByType('navigation')[0]?.type === 'navigate';
    if ((found.sent && arrived) || JSON.stringify(found.pairs) === JSON.stringify(pairs(form))) { backup.drop(form); return; }
    let current = form;
    try {
      const answer = await request(form, found.pairs, 'refresh');
      const drawn = answer.ok && new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('form.yz-form');
      if (!drawn) throw new Error(String(answer.status));
      form.replaceWith(drawn);
      globalThis.htmx?.process(drawn);
      current = drawn;
    } catch {
      if (leaving) return;
      refill(form, found.pairs);
    }
    say(current, current.getAttribute('data-text-restored'), false);
    touched(current);
  };

  // ---- uploads -----------------------------------------------------------------------------------------------------
  const fileLine = (form, box, info) => {
    const line = document.createElement('li');
    line.className = 'd-flex align-items-center gap-2 mb-1';
    const id = Object.assign(document.createElement('input'), { type: 'hidden', name: box.getAttribute('data-files'), value: info.id });
    const name = Object.assign(document.createElement('span'), { className: 'text-truncate', textContent: info.name });
    const remove = Object.assign(document.createElement('button'), {
      type: 'button', className: 'btn btn-sm btn-ghost-danger ms-auto', textContent: form.getAttribute('data-text-remove'),
    });
    remove.setAttribute('data-drop-file', '');
    remove.setAttribute('aria-label', `${remove.textContent} ${info.name}`);
    line.append(id, name, remove);
    return line;
  };
  const upload = async (form, box, file) => {
    const body = new FormData();
    const token = form.querySelector('input[name="csrf_token"]');
    if (token) body.set('csrf_token', token.value);
    body.set('field', box.getAttribute('data-files'));
    body.set('file', file);
    const answer = await fetch(form.getAttribute('data-upload-url'), {
      method: 'POST', body, credentials: 'same-origin', headers: { Accept: 'application/json' },
    });
    const said = await answer.json().catch(() => ({}));
    if (!answer.ok || !said.id) throw new Error(said.message || form.getAttribute('data-text-upload-failed'));
    return said;
  };
  const uploadAll = async (form, name, input) => {
    // The form may be drawn anew meanwhile, so its parts are looked up each time.
    const box = () => document.querySelector(`[data-files="${CSS.escape(name)}"]`);
    const tell = text => { const status = box()?.querySelector('[data-file-status]'); if (status) status.textContent = text; };
    const files = [...input.files];
    input.value = '';
    uploads += 1;
    try {
      for (const file of files) {
        tell(`${form.getAttribute('data-text-uploading')} ${file.name}…`);
        const info = await upload(form, box(), file), list = box()?.querySelector('[data-file-list]');
        if (!list) return;
        if (!box().hasAttribute('data-multiple')) list.replaceChildren();
        list.append(fileLine(form, box(), info));
      }
      tell('');
    } catch (error) {
      tell(error.message || form.getAttribute('data-text-upload-failed'));
    } finally {
      uploads -= 1;
    }
    box()?.querySelector('[data-file-list]').dispatchEvent(new Event('change', { bubbles: true }));
  };
  addEventListener('change', event => {
    const form = formOf(event.target);
    if (form && event.target.type === 'file' && form.hasAttribute('data-upload-url')) {
      uploadAll(form, event.target.closest('[data-files]').getAttribute('data-files'), event.target);
    }
  });
  addEventListener('click', event => {
    const drop = event.target.closest?.('[data-drop-file]');
    const form = drop && formOf(drop);
    if (!form) return;
    event.preventDefault();
    const box = drop.closest('[data-files]');
    drop.closest('li').remove();
    touched(form);
    if (box.hasAttribute('data-files-live')) box.querySelector('[data-file-list]').dispatchEvent(new Event('change', { bubbles: true }));
    box.querySelector('input[type="file"]')?.focus();
  });

  // ---- focus -------------------------------------------------------------------------------------------------------
  const FIELDS = 'input:not([type="hidden"]):not([disabled]), select:not([disabled]), textarea:not([disabled])';
  addEventListener('click', event => {
    const link = event.target.closest?.('.yz-errors a[href^="#"]');
    const field = link && document.getElementById(decodeURIComponent(link.getAttribute('href').slice(1)));
    if (!field) return;
    event.preventDefault();
    field.scrollIntoView({ block: 'center' });
    (field.matches(FIELDS) ? field : field.querySelector(FIELDS) || field).focus({ preventScroll: true });
  });
  const focusAfterRows = (verb, path) => {
    const list = document.querySelector(`[data-list="${CSS.escape(path)}"]`);
    if (!list) return;
    const rows = list.querySelectorAll(':scope > [data-row]');
    const field = verb === 'add' && rows.length ? rows[rows.length - 1].querySelector(FIELDS) : null;
    (field || list).focus();
  };

  // ---- a refresh must not undo what was typed while it was on its way ----------------------------------------------
  const controls = form => new Map([...form.querySelectorAll('input[name], textarea[name], select[name]')]
    .filter(field => !['hidden', 'file', 'radio', 'checkbox', 'submit'].includes(field.type)).map(field => [field.getAttribute('name'), field]));
  const underway = new WeakMap();
  document.addEventListener('htmx:before:request', event => {
    const context = event.detail.ctx, target = context?.target;
    if (!(target instanceof Element) || !target.matches('form.yz-form')) return;
    const sent = new Map([...controls(target)].map(([name, field]) => [name, field.value]));
    underway.set(context, { sent, action: context.sourceElement?.getAttribute('value') || '', since: [] });
  });
  document.addEventListener('htmx:before:swap', event => {
    const trip = underway.get(event.detail.ctx), target = event.detail.ctx.target;
    // An error goes elsewhere on the page: the form stays as it is.
    if (!trip || !(target instanceof Element) || !target.matches('form.yz-form')) return;
    trip.since = [...controls(target)].map(([name, field]) => [name, field.value])
      .filter(([name, value]) => trip.sent.has(name) && trip.sent.get(name) !== value);
  });
  document.addEventListener('htmx:after:swap', event => {
    const trip = underway.get(event.detail.ctx), form = theForm();
    if (!trip || !form) return;
    const [verb, path] = trip.action.split(':');
    if (path) { focusAfterRows(verb, path); touched(form); return; }
    const now = controls(form);
    for (const [name, value] of trip.since) if (now.has(name)) now.get(name).value = value;
  });

  const start = () => { const form = theForm(); if (form) restore(form); };
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', start); else start();
})();
