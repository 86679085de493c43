// The controls of the panel: each with its label, its hint, and, where it holds FEEL, a check as one types.
import { request } from '../changes/saving.js';
import { t } from './words.js';

const CHECK_AFTER_MS = 400;
const WRITE_AFTER_MS = 900;

/** An element with attributes and children; `on…` are listeners, false and null leave an attribute out. */
export function h(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, '');
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children.flat().filter((one) => one != null && one !== false));
  return made;
}

const idOf = (key) => `panel-${key}`;

function labelled(key, label, control, hint, ...others) {
  return h('div', { class: 'yz-panel-field' },
    h('label', { class: 'form-label', for: idOf(key) }, label),
    control,
    hint ? h('small', { class: 'form-hint', id: `${idOf(key)}-hint` }, hint) : null,
    ...others);
}

const common = (key, hint, isFeel) => ({
  id: idOf(key),
  name: key,
  'aria-describedby': [hint ? `${idOf(key)}-hint` : '', isFeel ? `${idOf(key)}-check` : ''].filter(Boolean).join(' ') || null,
});

/**
 * A line or an area of text. `feel`: 'expression' (always FEEL) or 'value' (FEEL after `=`). `write` gets the trimmed text;
 * `isSlow` writes only when the field is left (an id must not change letter by letter).
 */
export function text(key, label, value, write, { hint, feel, rows, list, isSlow, placeholder, extra } = {}) {
  const attributes = { ...common(key, hint, feel), class: `form-control${feel ? ' is-code' : ''}`, autocomplete: 'off', placeholder };
  const lines = rows ?? (feel && value.length > 38 ? 3 : undefined);
  const control = lines ? h('textarea', { ...attributes, rows: lines, spellcheck: 'false' }) : h('input', { ...attributes, type: 'text', spellcheck: 'false' });
  control.value = value;
  let written = control.value.trim(); // looking at a value with blanks around it writes nothing
  let timer = 0;
  const commit = () => {
    clearTimeout(timer);
    const now = control.value.trim();
    if (now === written) return;
    written = now;
    write(now);
  };
  control.addEventListener('change', commit);
  control.addEventListener('input', (event) => {
    clearTimeout(timer);
    if (!isSlow && !event.isComposing) timer = setTimeout(commit, WRITE_AFTER_MS);
  });
  control.addEventListener('yunzhi:leave', commit);
  const others = [extra];
  if (list) {
    control.setAttribute('list', `${idOf(key)}-list`);
    others.push(h('datalist', { id: `${idOf(key)}-list` }, list.map((one) => h('option', { value: one.value }, one.label))));
  }
  if (feel) {
    const said = h('small', { class: 'yz-panel-check', id: `${idOf(key)}-check`, 'aria-live': 'polite' });
    others.unshift(said);
    checkAsTyped(control, feel, said);
  }
  return labelled(key, label, control, hint, ...others);
}

function checkAsTyped(control, kind, said) {
  let timer = 0;
  let asked = 0;
  const show = (answer) => {
    control.setAttribute('aria-invalid', String(!answer.ok));
    control.classList.toggle('is-invalid', !answer.ok);
    said.textContent = answer.ok ? '' : answer.message;
  };
  const check = async () => {
    const number = (asked += 1);
    const given = control.value.trim();
    if (!given) return show({ ok: true });
    try {
      const body = JSON.stringify({ text: given, kind });
      const answer = await request('/api/modeling/feel', { method: 'POST', body, headers: { 'Content-Type': 'application/json' } });
      if (number === asked) show(await answer.json());
    } catch {
      // Without a connection nothing is checked; the publish checks will.
    }
    return undefined;
  };
  control.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(check, CHECK_AFTER_MS); });
  if (control.value) check();
}

/** One of several; a value that is none of them stays, marked. `none` names the empty choice. */
export function select(key, label, value, options, write, { hint, none = t('none_chosen'), extra } = {}) {
  const known = options.some((one) => one.value === value);
  const control = h('select', { ...common(key, hint), class: 'form-select', onchange: () => write(control.value) },
    none === null ? null : h('option', { value: '' }, none),
    options.map((one) => h('option', { value: one.value }, one.label)),
    value && !known ? h('option', { value }, t('unknown_choice', { value })) : null);
  control.value = value;
  return labelled(key, label, control, hint, extra);
}

export function check(key, label, value, write, { hint } = {}) {
  const control = h('input', { ...common(key, hint), type: 'checkbox', class: 'form-check-input', onchange: () => write(control.checked) });
  control.checked = value;
  return h('div', { class: 'yz-panel-field' },
    h('label', { class: 'form-check' }, control, h('span', { class: 'form-check-label' }, label)),
    hint ? h('small', { class: 'form-hint', id: `${idOf(key)}-hint` }, hint) : null);
}

/** Any number of `options`; a long list gets a box that narrows it. `write` gets the chosen values in their order. */
export function choices(key, label, values, options, write, { hint } = {}) {
  const unknown = values.filter((value) => !options.some((one) => one.value === value));
  const all = [...options, ...unknown.map((value) => ({ value, label: t('unknown_choice', { value }) }))];
  const boxes = all.map((one) => {
    const box = h('input', { type: 'checkbox', class: 'form-check-input', name: key, value: one.value, id: `${idOf(key)}-${one.value}` });
    box.checked = values.includes(one.value);
    box.addEventListener('change', () => write(all.filter((other, place) => boxes[place].control.checked).map((other) => other.value)));
    const line = h('label', { class: 'form-check' }, box, h('span', { class: 'form-check-label' }, one.label));
    return { control: box, line };
  });
  const chosenFirst = [...boxes].sort((a, b) => Number(b.control.checked) - Number(a.control.checked));
  const narrow = all.length > 12
    ? h('input', { type: 'search', class: 'form-control', 'aria-label': t('narrow', { what: label }), placeholder: t('narrow', { what: label }), id: `${idOf(key)}-narrow` })
    : null;
  narrow?.addEventListener('input', () => {
    const wanted = narrow.value.trim().toLowerCase();
    for (const { line } of boxes) line.hidden = !line.textContent.toLowerCase().includes(wanted);
  });
  return h('fieldset', { class: 'yz-panel-field yz-panel-choices', id: idOf(key) },
    h('legend', { class: 'form-label' }, label), narrow,
    h('div', { class: 'yz-panel-choice-list', tabindex: all.length > 8 ? '0' : null, role: all.length > 8 ? 'group' : null, 'aria-label': all.length > 8 ? label : null },
      chosenFirst.map((one) => one.line)),
    hint ? h('small', { class: 'form-hint' }, hint) : null);
}

export const button = (label, onclick, attributes = {}) => h('button', { type: 'button', class: 'btn btn-sm', onclick, ...attributes }, label);

export const note = (...children) => h('p', { class: 'form-hint' }, ...children);

/** A part of the panel that can be folded; null children are left out. It stays as the author left it. */
export function group(key, title, ...children) {
  return part(key, title, unfolded.get(key) ?? true, children);
}

/** A part that is folded at first while there is nothing in it. */
export function rare(key, title, isUsed, ...children) {
  return part(key, title, isUsed || (unfolded.get(key) ?? false), children);
}

const unfolded = new Map();

function part(key, title, open, children) {
  const parts = children.flat().filter(Boolean);
  if (parts.length === 0) return null;
  const summary = h('summary', { onclick: () => unfolded.set(key, !made.open) }, title);
  const made = h('details', { class: 'yz-panel-group', 'data-group': key, open }, summary, h('div', { class: 'yz-panel-group-body' }, parts));
  return made;
}
