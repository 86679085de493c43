// Terms: a field that says in words when it will fire under a calendar, with the next moments, and a builder for the
// usual ones. The server reads the term as the engine does (POST /api/modeling/term).
import { request } from '../changes/saving.js';
import { button, group, h, select, text } from './fields.js';
import { eventOf, is } from './model.js';
import { t } from './words.js';

const ASK_AFTER_MS = 400;
const KINDS = ['timeDate', 'timeDuration', 'timeCycle'];

export function timerGroup(element, context) {
  const timer = eventOf(element, 'Timer');
  if (!timer) return null;
  const { model, panel } = context;
  const isStart = is(element, 'bpmn:StartEvent');
  const repeats = isStart || (is(element, 'bpmn:BoundaryEvent') && element.businessObject.cancelActivity === false);
  const allowed = isStart ? ['timeCycle', 'timeDate'] : repeats ? KINDS : ['timeDate', 'timeDuration'];
  const kind = KINDS.find((one) => timer.get(one)) ?? allowed[0];
  const put = (name, value) => model.setBody(element, timer, name, value, { timeDate: undefined, timeDuration: undefined, timeCycle: undefined });
  const kinds = [...new Set([...allowed, kind])].map((one) => ({ value: one, label: t(`timer_${one}`) }));
  // The event has no kind before it has a term: the choice waits in the panel for its text.
  let chosen = kind;
  return group('timer', t('timer'),
    select('timer-kind', t('timer_kind'), kind, kinds, (value) => {
      chosen = value;
      if (model.body(timer, kind)) put(value, model.body(timer, kind));
    }, { none: null }),
    termField('timer-term', t('timer_term'), model.body(timer, kind), () => (isStart ? 'start' : chosen), (value) => panel.quietly(() => put(chosen, value)), context, {
      // What is built brings its kind along.
      use: (value, wanted) => put(wanted, value),
      builders: isStart ? STARTS : repeats ? [...TERMS, 'every'] : TERMS,
    }));
}

const STARTS = ['daily', 'weekly', 'monthly', 'quarterly', 'yearly'];
const TERMS = ['working_days', 'working_hours', 'setting', 'days', 'hours'];

/** `kind`: due (a due date), start, timeDate, timeDuration or timeCycle; a function where it may change. */
export function termField(key, label, value, kind, write, context, { use, builders = TERMS } = {}) {
  const said = h('div', { class: 'yz-term', 'aria-live': 'polite' });
  const kindNow = () => (typeof kind === 'function' ? kind() : kind);
  const field = text(key, label, value, write, { extra: said, hint: t('term_hint'), rows: value.length > 34 ? 3 : undefined });
  const control = field.querySelector('input, textarea');
  control.classList.add('is-code');
  const calendar = select(`${key}-calendar`, t('term_calendar'), context.options.default_calendar, context.options.calendars, () => ask(), { none: null });
  let timer = 0;
  let asked = 0;
  const ask = async () => {
    const number = (asked += 1);
    const term = control.value.trim();
    if (!term) return said.replaceChildren();
    const body = JSON.stringify({ term, kind: kindNow(), calendar: calendar.querySelector('select').value });
    try {
      const answer = await (await request('/api/modeling/term', { method: 'POST', body, headers: { 'Content-Type': 'application/json' } })).json();
      if (number !== asked) return undefined;
      control.classList.toggle('is-invalid', !answer.ok);
      control.setAttribute('aria-invalid', String(!answer.ok));
      said.classList.toggle('is-wrong', !answer.ok);
      said.replaceChildren(h('span', {}, answer.text));
      if (answer.next.length) {
        said.append(h('ol', { 'aria-label': t('term_next') }, answer.next.map((one) => h('li', {}, h('time', { datetime: one.at }, one.text)))));
      }
    } catch {
      // Without a connection the term is not explained; the publish checks read it.
    }
    return undefined;
  };
  control.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(ask, ASK_AFTER_MS); });
  ask();
  const take = (built, wanted) => {
    if (use) return use(built, wanted);
    control.value = built;
    control.dispatchEvent(new Event('change'));
    return ask();
  };
  const built = h('details', { class: 'yz-term-builder' },
    h('summary', {}, t('build')), builder(key, builders, context, calendar, take));
  return h('div', {}, field, calendar, built);
}

/** The usual terms: a kind, its figures, and a button that puts the term in. */
function builder(key, kinds, { options }, calendar, take) {
  const place = h('div', { class: 'yz-term-figures' });
  const choose = select(`${key}-build`, t('build_kind'), kinds[0], kinds.map((one) => ({ value: one, label: t(`build_${one}`) })), () => show(), { none: null });
  const figures = {};
  const number = (name, first, least, most) => {
    const control = h('input', { type: 'number', class: 'form-control', id: `panel-${key}-${name}`, value: first, min: least, max: most });
    figures[name] = () => Math.min(Math.max(Math.round(Number(control.value)) || least, least), most);
    return h('div', { class: 'yz-panel-field' }, h('label', { class: 'form-label', for: control.id }, t(`figure_${name}`)), control);
  };
  const time = () => {
    const control = h('input', { type: 'time', class: 'form-control', id: `panel-${key}-at`, value: '09:00' });
    figures.at = () => (control.value || '09:00').split(':').map(Number);
    return h('div', { class: 'yz-panel-field' }, h('label', { class: 'form-label', for: control.id }, t('figure_at')), control);
  };
  const one = (name, list) => {
    const control = select(`${key}-${name}`, t(`figure_${name}`), list[0]?.value, list, () => {}, { none: null });
    figures[name] = () => control.querySelector('select').value;
    return control;
  };
  const named = (prefix, count) => Array.from({ length: count }, (_, place) => ({ value: String(place + 1), label: t(`${prefix}_${place + 1}`) }));
  const parts = {
    working_days: () => [number('count', 3, 1, 400)],
    working_hours: () => [number('count', 8, 1, 2000)],
    days: () => [number('count', 3, 1, 3650)],
    hours: () => [number('count', 24, 1, 9999)],
    every: () => [number('count', 24, 1, 9999), number('times', 3, 1, 99)],
    setting: () => [one('setting', options.settings)],
    daily: () => [time()],
    weekly: () => [one('weekday', named('weekday', 7)), time()],
    monthly: () => [one('day', days()), time()],
    quarterly: () => [one('day', days()), time()],
    yearly: () => [one('month', named('month', 12)), one('day', days()), time()],
  };
  const days = () => [...Array.from({ length: 31 }, (_, place) => ({ value: String(place + 1), label: String(place + 1) })), { value: 'L', label: t('last_day') }];
  const show = () => {
    for (const name of Object.keys(figures)) delete figures[name];
    place.replaceChildren(...parts[choose.querySelector('select').value]());
  };
  const put = () => {
    const values = Object.fromEntries(Object.entries(figures).map(([name, read]) => [name, read()]));
    const [term, kind] = composed(choose.querySelector('select').value, values, calendar.querySelector('select').value, options);
    take(term, kind);
  };
  show();
  return h('div', {}, choose, place, button(t('build_use'), put, { class: 'btn btn-sm btn-primary' }));
}

/** The text of a built term, and where a timer keeps it. */
function composed(kind, { count, times, setting, at, weekday, day, month }, calendar, options) {
  const third = calendar === options.default_calendar ? '' : `, "${calendar}"`;
  const [hour, minute] = at ?? [];
  switch (kind) {
    case 'working_days': return [`=working days after(now(), ${count}${third})`, 'timeDate'];
    case 'working_hours': return [`=working hours after(now(), ${count}${third})`, 'timeDate'];
    case 'setting': return [settingTerm(options.settings.find((one) => one.value === setting), third), 'timeDate'];
    case 'days': return [`P${count}D`, 'timeDuration'];
    case 'hours': return [`PT${count}H`, 'timeDuration'];
    case 'every': return [`R${times}/PT${count}H`, 'timeCycle'];
    case 'daily': return [`${minute} ${hour} * * *`, 'timeCycle'];
    case 'weekly': return [`${minute} ${hour} * * ${Number(weekday) % 7}`, 'timeCycle'];
    case 'monthly': return [`${minute} ${hour} ${day} * *`, 'timeCycle'];
    case 'quarterly': return [`${minute} ${hour} ${day} 1,4,7,10 *`, 'timeCycle'];
    default: return [`${minute} ${hour} ${day} ${month} *`, 'timeCycle'];
  }
}

function settingTerm({ value, unit }, third) {
  if (unit === 'working days') return `=working days after(now(), setting("${value}")${third})`;
  if (unit === 'hours') return `=now() + duration("PT" + string(setting("${value}")) + "H")`;
  return `=now() + duration("P" + string(setting("${value}")) + "D")`;
}
