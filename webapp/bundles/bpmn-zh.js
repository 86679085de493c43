// The community's Chinese words for bpmn-js.
import zh from 'bpmn-js-i18n/translations/zn.js';

window.bpmnZh = zh;
