// The rules beside the diagram that are about a task: who may not do it, and what must hold before it is done.
import { button, choices, h, note, rare, text } from './fields.js';
import { is } from './model.js';
import { isChinese, t } from './words.js';

export const ruleGroups = [separationGroup, completionGroup];

function separationGroup(element, context) {
  if (!is(element, 'bpmn:UserTask', 'bpmn:ManualTask')) return null;
  return rulesOf('separation', element, context);
}

function completionGroup(element, context) {
  if (!is(element, 'bpmn:UserTask', 'bpmn:StartEvent')) return null;
  return rulesOf('completion', element, context);
}

function rulesOf(kind, element, { rules, panel, change }) {
  const about = rules.all[kind].filter((rule) => rule.tasks.includes(element.id));
  const add = () => { rules.editing = { kind, rule: rules.blank(kind, element.id), original: null }; panel.redraw(); };
  const opened = rules.editing?.kind === kind ? rules.editing : null;
  return rare(kind, t(kind), about.length > 0 || opened !== null,
    about.map((rule) => h('div', { class: 'yz-rule' },
      h('p', {}, sentence(rule)),
      change.isLocked() ? null : h('div', { class: 'yz-panel-buttons' },
        button(t('rule_edit'), () => { rules.editing = { kind, rule: structuredClone(rule), original: rule.key }; panel.redraw(); }, { 'aria-label': t('rule_edit_named', { name: rule.key }) }),
        button(t('rule_remove'), () => rules.leave(kind, rule.key, element.id).then(() => panel.redraw(), (error) => change.tell(error.message)), { 'aria-label': t('rule_remove_named', { name: rule.key }) })))),
    about.length ? null : note(t(`${kind}_none`)),
    opened ? form(opened, element, { rules, panel, change }) : null,
    opened || change.isLocked() ? null : h('div', { class: 'yz-panel-buttons' }, button(t('rule_add'), add)));
}

const sentence = (rule) => (isChinese ? rule.zh : rule.en);

function form({ kind, rule, original }, element, { rules, panel, change }) {
  const tasks = change.tasks();
  const wrong = h('p', { class: 'yz-rule-wrong', role: 'alert' });
  const put = (name) => (value) => { rule[name] = value; };
  const save = async () => {
    panel.leave();
    try {
      await rules.save(kind, rule, original);
      rules.editing = null;
      panel.redraw();
    } catch (error) {
      wrong.textContent = error.message;
    }
  };
  const fields = kind === 'separation' ? separationFields(rule, tasks, change) : [
    text('rule-holds', t('rule_holds'), rule.holds, put('holds'), { feel: 'value', rows: 3, hint: t('rule_holds_hint') }),
    text('rule-field', t('rule_field'), rule.field, put('field'), { hint: t('rule_field_hint') }),
  ];
  return h('div', { class: 'yz-rule-form', role: 'group', 'aria-label': t('rule_form') },
    text('rule-zh', t('rule_zh'), rule.zh, put('zh'), { rows: 2 }),
    text('rule-en', t('rule_en'), rule.en, put('en'), { rows: 2 }),
    fields,
    text('rule-key', t('rule_key'), rule.key, put('key'), { hint: t('rule_key_hint') }),
    choices('rule-tasks', t('rule_tasks'), rule.tasks, kind === 'separation' ? tasks : [...tasks, ...change.starts()], put('tasks')),
    wrong,
    h('div', { class: 'yz-panel-buttons' },
      button(t('rule_save'), save, { class: 'btn btn-sm btn-primary' }),
      button(t('cancel'), () => { rules.editing = null; panel.redraw(); })));
}

function separationFields(rule, tasks, change) {
  const { bars } = rule;
  const put = (name, value) => { if (value.length) bars[name] = value; else delete bars[name]; };
  const groups = bars.members_of ?? [];
  return [
    choices('rule-completers', t('rule_completers'), bars.completers_of ?? [], tasks, (values) => put('completers_of', values)),
    text('rule-people', t('rule_people'), (bars.people ?? []).join(', '), (value) => put('people', onePerText(value)), { hint: t('rule_people_hint') }),
    text('rule-members', t('rule_members'), groups.join(', '), (value) => put('members_of', onePerText(value)), { list: change.options.groups, hint: t('rule_members_hint') }),
  ];
}

/** An expression is one text, commas and all; names are separated by them. */
const onePerText = (value) => (value.startsWith('=') ? [value] : value.split(',').map((one) => one.trim()).filter(Boolean));
