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
  const allowed = isStart ? ['timeCycle', 'timeDate', 'timeDuration'] : KINDS;
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
    termField('timer-term', t('timer_term'), model.body(timer, kind), () => chosen, (value) => panel.quietly(() => put(chosen, value)), context, {
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
    h('summary', {}, t('build')), new Builder(key, builders, context.options, calendar, take).element);
  return h('div', {}, field, calendar, built);
}

/** The usual terms: a kind, its figures, and a button that puts the term in. */
class Builder {
  #figures = {};
  #place = h('div', { class: 'yz-term-figures' });

  constructor(key, kinds, options, calendar, take) {
    Object.assign(this, { key, options, calendar, take });
    const choices = kinds.map((one) => ({ value: one, label: t(`build_${one}`) }));
    this.kind = select(`${key}-build`, t('build_kind'), kinds[0], choices, () => this.#show(), { none: null });
    this.#show();
    this.element = h('div', {}, this.kind, this.#place, button(t('build_use'), () => this.#use(), { class: 'btn btn-sm btn-primary' }));
  }

  #show() {
    this.#figures = {};
    this.#place.replaceChildren(...this.#fields(chosenIn(this.kind)));
  }

  #use() {
    const values = Object.fromEntries(Object.entries(this.#figures).map(([name, read]) => [name, read()]));
    const [term, kind] = composed(chosenIn(this.kind), values, chosenIn(this.calendar), this.options);
    this.take(term, kind);
  }

  #fields(kind) {
    switch (kind) {
      case 'working_days': return [this.#number('count', 3, 400)];
      case 'working_hours': return [this.#number('count', 8, 2000)];
      case 'days': return [this.#number('count', 3, 3650)];
      case 'hours': return [this.#number('count', 24, 9999)];
      case 'every': return [this.#number('count', 24, 9999), this.#number('times', 3, 99)];
      case 'setting': return [this.#one('setting', this.options.settings)];
      case 'daily': return [this.#time()];
      case 'weekly': return [this.#one('weekday', numbered('weekday', 7)), this.#time()];
      case 'yearly': return [this.#one('month', numbered('month', 12)), this.#one('day', days()), this.#time()];
      default: return [this.#one('day', days()), this.#time()];
    }
  }

  #number(name, first, most) {
    const control = h('input', { type: 'number', class: 'form-control', id: `panel-${this.key}-${name}`, value: first, min: 1, max: most });
    this.#figures[name] = () => Math.min(Math.max(Math.round(Number(control.value)) || 1, 1), most);
    return h('div', { class: 'yz-panel-field' }, h('label', { class: 'form-label', for: control.id }, t(`figure_${name}`)), control);
  }

  #time() {
    const control = h('input', { type: 'time', class: 'form-control', id: `panel-${this.key}-at`, value: '09:00' });
    this.#figures.at = () => (control.value || '09:00').split(':').map(Number);
    return h('div', { class: 'yz-panel-field' }, h('label', { class: 'form-label', for: control.id }, t('figure_at')), control);
  }

  #one(name, list) {
    const control = select(`${this.key}-${name}`, t(`figure_${name}`), list[0].value, list, () => {}, { none: null });
    this.#figures[name] = () => chosenIn(control);
    return control;
  }
}

const chosenIn = (labelled) => labelled.querySelector('select').value;
const numbered = (prefix, count) => Array.from({ length: count }, (_, place) => ({ value: String(place + 1), label: t(`${prefix}_${place + 1}`) }));
const days = () => [...Array.from({ length: 31 }, (_, place) => ({ value: String(place + 1), label: String(place + 1) })), { value: 'L', label: t('last_day') }];

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
