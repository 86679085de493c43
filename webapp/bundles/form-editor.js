// The form-js editor as one file for the browser.
import { FormEditor } from '@bpmn-io/form-js-editor';

window.FormEditor = FormEditor;
