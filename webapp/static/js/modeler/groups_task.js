// What tasks have: who does them, with which form, by when, and what the system does in them.
import { button, check, choices, group, h, note, rare, select, text } from './fields.js';
import { listed, property } from './groups_basic.js';
import { is } from './model.js';
import { termField } from './timer.js';
import { t } from './words.js';

const isExpression = (value) => /^\s*(=|[$#]\{)/.test(value ?? '');

/** A field for an attribute of the element. */
function attribute(element, name, label, { model, panel }, options = {}) {
  const write = (value) => panel.quietly(() => model.set(element, { [name]: value || undefined }));
  return text(name.replace(':', '-'), label, element.businessObject.get(name) ?? '', write, options);
}

export function peopleGroup(element, context) {
  if (!is(element, 'bpmn:UserTask', 'bpmn:ManualTask')) return null;
  const { model, panel, options } = context;
  const given = element.businessObject.get('camunda:candidateGroups') ?? '';
  const setGroups = (value) => panel.quietly(() => model.set(element, { 'camunda:candidateGroups': value || undefined }));
  const people = [...options.people, { value: '=initiator', label: t('whoever_started') }];
  return group('people', t('people'),
    attribute(element, 'camunda:assignee', t('assignee'), context, { feel: 'value', list: people, hint: t('assignee_hint') }),
    isExpression(given) ? null : choices('candidate-groups', t('candidate_groups'), listed(given), options.groups, (values) => setGroups(values.join(',')), { hint: t('candidate_groups_hint') }),
    text('candidate-groups-computed', t('candidate_groups_computed'), isExpression(given) ? given : '', (value) => model.set(element, { 'camunda:candidateGroups': value || undefined }), { feel: 'value', hint: t('candidate_groups_computed_hint'), isSlow: true }),
    attribute(element, 'camunda:candidateUsers', t('candidate_users'), context, { feel: isExpression(element.businessObject.get('camunda:candidateUsers')) ? 'value' : undefined, list: options.people, hint: t('candidate_users_hint') }));
}

export function formGroup(element, { model, panel, options, change }) {
  const isStart = is(element, 'bpmn:StartEvent') && !is({ businessObject: element.businessObject.$parent }, 'bpmn:SubProcess');
  const hasForm = is(element, 'bpmn:UserTask') || (isStart && !element.businessObject.eventDefinitions?.length);
  if (!hasForm) return null;
  const holder = element.businessObject;
  const key = holder.get('camunda:formRef') ?? '';
  const chosen = options.forms.find((one) => one.value === key);
  const write = (value) => model.set(element, { 'camunda:formRef': value || undefined });
  const setInitiator = (value) => panel.quietly(() => model.set(element, { 'camunda:initiator': value || undefined }));
  return group('form', t('form'),
    select('form', t('form'), key, options.forms, write, { none: t('no_form'), hint: chosen && !chosen.in_change ? t('form_of_others') : null }),
    h('div', { class: 'yz-panel-buttons' },
      chosen?.in_change ? h('a', { class: 'btn btn-sm', href: change.formUrl(key) }, t('open_form')) : null,
      change.isLocked() ? null : button(t('new_form'), () => newForm(element, { model, panel, options, change }))),
    isStart ? text('initiator', t('initiator'), holder.get('camunda:initiator') ?? '', setInitiator, { hint: t('initiator_hint') }) : null);
}

async function newForm(element, { model, panel, options, change }) {
  const name = element.businessObject.name || element.id;
  const suggested = element.id.toLowerCase().replace(/[^a-z0-9_]+/g, '_').replace(/^[^a-z]+/, '') || 'form';
  let key = suggested;
  for (let number = 2; options.forms.some((one) => one.value === key); number += 1) key = `${suggested}_${number}`;
  try {
    await change.addForm(key, name, model.property(element.businessObject, 'en'));
  } catch (error) {
    return change.tell(error.message);
  }
  options.forms.push({ value: key, label: `${name} (${key})`, in_change: true });
  return model.set(element, { 'camunda:formRef': key });
}

export function timeGroup(element, context) {
  if (!is(element, 'bpmn:UserTask', 'bpmn:ManualTask')) return null;
  const { model, panel } = context;
  const holder = element.businessObject;
  const write = (value) => panel.quietly(() => model.set(element, { 'camunda:dueDate': value || undefined }));
  return group('time', t('time'),
    termField('due-date', t('due_date'), holder.get('camunda:dueDate') ?? '', 'due', write, context),
    attribute(element, 'camunda:priority', t('priority'), context, { feel: 'value', hint: t('priority_hint') }),
    property(element, holder, 'summary', t('summary'), context, { feel: 'value', hint: t('summary_hint') }),
    check('prefill', t('prefill'), model.property(holder, 'prefill') !== 'no', (yes) => panel.quietly(() => model.setProperty(element, holder, 'prefill', yes ? '' : 'no')), { hint: t('prefill_hint') }));
}

/** What the docstring says of an input in the brackets after its name. */
const explained = (name, topic) => topic?.description.match(new RegExp(`\\b${name} \\(([^()]*)\\)`))?.[1].replaceAll('``', '').replace(/\s+/g, ' ');

/** What the system does: a topic of the registry, told by its own docstring, and what it is handed. */
export function serviceGroup(element, context) {
  if (!is(element, 'bpmn:ServiceTask')) return null;
  const { model, panel, options } = context;
  const holder = element.businessObject;
  const key = holder.get('camunda:topic') ?? '';
  const topic = options.topics.find((one) => one.value === key);
  const choose = (value) => model.set(element, { 'camunda:topic': value || undefined, 'camunda:type': value ? 'external' : undefined });
  const input = (name, isRequired) => text(
    `input-${name}`, isRequired ? t('input_required', { name }) : name, model.input(holder, name),
    (value) => panel.quietly(() => model.setInput(element, holder, name, value)),
    { feel: 'value', hint: explained(name, topic) },
  );
  const known = new Set([...(topic?.required ?? []), ...(topic?.optional ?? [])]);
  const strange = model.inputs(holder).filter((one) => !known.has(one.name)).map((one) => one.name);
  return [
    group('service', t('service'),
      select('topic', t('topic'), key, options.topics, choose),
      topic ? h('p', { class: 'yz-panel-description' }, topic.description) : null,
      attribute(element, 'camunda:resultVariable', t('result_variable'), context, { hint: t('result_variable_hint') })),
    group('inputs', t('inputs'),
      (topic?.required ?? []).map((name) => input(name, true)),
      (topic?.optional ?? []).map((name) => input(name, false)),
      strange.map((name) => h('div', {}, input(name, false), h('div', { class: 'yz-panel-buttons' }, button(t('remove_input', { name }), () => model.setInput(element, holder, name, '')))))),
  ];
}

export function decisionGroup(element, context) {
  if (!is(element, 'bpmn:BusinessRuleTask')) return null;
  const { model, options, change } = context;
  const key = element.businessObject.get('camunda:decisionRef') ?? '';
  const chosen = options.decisions.find((one) => one.value === key);
  return group('decision', t('decision'),
    select('decision', t('decision'), key, options.decisions, (value) => model.set(element, { 'camunda:decisionRef': value || undefined })),
    chosen?.file ? h('div', { class: 'yz-panel-buttons' }, h('a', { class: 'btn btn-sm', href: change.decisionUrl(chosen.file) }, t('open_decision'))) : null,
    attribute(element, 'camunda:resultVariable', t('result_variable'), context, { hint: t('decision_result_hint') }));
}

export function callGroup(element, { model, options }) {
  if (!is(element, 'bpmn:CallActivity')) return null;
  const write = (value) => model.set(element, { calledElement: value || undefined });
  return group('call', t('call'), select('called', t('called'), element.businessObject.get('calledElement') ?? '', options.processes, write, { hint: t('called_hint') }));
}

export function scriptGroup(element, context) {
  if (!is(element, 'bpmn:ScriptTask')) return null;
  const { model, panel } = context;
  const holder = element.businessObject;
  const write = (value) => panel.quietly(() => model.set(element, { script: value || undefined, scriptFormat: 'feel' }));
  return group('script', t('script'),
    text('script', t('script_text'), holder.get('script') ?? '', write, { feel: 'expression', rows: 6, hint: t('script_hint') }),
    attribute(element, 'camunda:resultVariable', t('result_variable'), context));
}

/** Once for each entry of a list. */
export function repeatGroup(element, { model, panel }) {
  const loop = element.businessObject.get?.('loopCharacteristics');
  if (!is(element, 'bpmn:Activity')) return null;
  const kind = loop?.$instanceOf('bpmn:MultiInstanceLoopCharacteristics') ? (loop.isSequential ? 'sequential' : 'parallel') : '';
  const choose = (value) => {
    if (!value) return model.set(element, { loopCharacteristics: undefined });
    const isSequential = value === 'sequential';
    if (loop) return model.setOn(element, loop, { isSequential });
    return model.set(element, { loopCharacteristics: model.create('bpmn:MultiInstanceLoopCharacteristics', { isSequential }, element.businessObject) });
  };
  const field = (name, label, options) => text(name.replace(':', '-'), label, loop.get(name) ?? '', (value) => panel.quietly(() => model.setOn(element, loop, { [name]: value || undefined })), options);
  const setCondition = (value) => panel.quietly(() => model.setBody(element, loop, 'completionCondition', value));
  return rare('repeat', t('repeat'), kind !== '',
    select('repeat', t('repeat_kind'), kind, [{ value: 'parallel', label: t('repeat_parallel') }, { value: 'sequential', label: t('repeat_sequential') }], choose, { none: t('repeat_once') }),
    kind ? field('camunda:collection', t('collection'), { feel: 'expression', hint: t('collection_hint') }) : null,
    kind ? field('camunda:elementVariable', t('element_variable'), { hint: t('element_variable_hint') }) : null,
    kind ? text('completion-condition', t('completion_condition'), model.body(loop, 'completionCondition'), setCondition, { feel: 'expression', hint: t('completion_condition_hint') }) : null,
    kind ? note(t('repeat_results', { name: `${element.id}_results` })) : null);
}

/** The duties of the policy whose evidence this step is. */
export function dutyGroup(element, { model, panel, options }) {
  if (!is(element, 'bpmn:Activity', 'bpmn:Event')) return null;
  const holder = element.businessObject;
  const chosen = model.property(holder, 'obligations').replaceAll(',', ' ').split(/\s+/).filter(Boolean);
  const write = (values) => panel.quietly(() => model.setProperty(element, holder, 'obligations', values.join(' ')));
  return rare('duties', t('duties'), chosen.length > 0, choices('obligations', t('duties'), chosen, options.obligations, write, { hint: t('duties_hint') }));
}
