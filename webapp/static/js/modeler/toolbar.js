// The buttons above the diagram; each does what a key of bpmn-js does as well.
export function startToolbar(modeler, bar, { save, fit }) {
  const stack = modeler.get('commandStack');
  const actions = modeler.get('editorActions');
  const canvas = modeler.get('canvas');
  const does = {
    undo: () => stack.undo(),
    redo: () => stack.redo(),
    'zoom-in': () => canvas.zoom(canvas.zoom() * 1.2),
    'zoom-out': () => canvas.zoom(canvas.zoom() / 1.2),
    // A click beside the pad closes it; the one that opens it is still on its way.
    find: () => setTimeout(() => { canvas.focus(); actions.trigger('find'); }),
    minimap: () => modeler.get('minimap').toggle(),
    fit,
    save,
  };
  bar.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (!button) return;
    const { action, align, distribute } = button.dataset;
    if (align) actions.trigger('alignElements', { type: align });
    else if (distribute) actions.trigger('distributeElements', { type: distribute });
    else does[action]?.();
    button.closest('details')?.removeAttribute('open');
  });
  const bus = modeler.get('eventBus');
  const refresh = () => {
    bar.querySelector('[data-action=undo]').disabled = !stack.canUndo();
    bar.querySelector('[data-action=redo]').disabled = !stack.canRedo();
  };
  bus.on(['commandStack.changed', 'import.done'], refresh);
  bus.on('selection.changed', ({ newSelection }) => {
    for (const one of bar.querySelectorAll('[data-align]')) one.disabled = newSelection.length < 2;
    for (const one of bar.querySelectorAll('[data-distribute]')) one.disabled = newSelection.length < 3;
  });
  bus.on('minimap.toggle', ({ open }) => bar.querySelector('[data-action=minimap]').setAttribute('aria-pressed', String(open)));
  document.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === 's') {
      event.preventDefault();
      save();
    }
  });
  refresh();
}
