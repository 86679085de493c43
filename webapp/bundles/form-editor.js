// The form-js editor as one file for the browser, with the parts its properties panel is made of: entries of our own are
// drawn by the same library, so that they look, undo and report mistakes like the others.
import { FormEditor } from '@bpmn-io/form-js-editor';
import {
  ListGroup,
  TextAreaEntry,
  TextFieldEntry,
  isTextAreaEntryEdited,
  isTextFieldEntryEdited,
} from '@bpmn-io/properties-panel';
import { h } from '@bpmn-io/properties-panel/preact';

window.FormEditor = FormEditor;
window.formEditorPanel = { h, ListGroup, TextAreaEntry, TextFieldEntry, isTextAreaEntryEdited, isTextFieldEntryEdited };
