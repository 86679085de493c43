// What has no ready-made file for the browser: token simulation and bpmnlint beside the ready-made modeler.
import tokenSimulation from 'bpmn-js-token-simulation';
import lintModule from 'bpmn-js-bpmnlint';

window.modelerExtras = { tokenSimulation, lintModule };
