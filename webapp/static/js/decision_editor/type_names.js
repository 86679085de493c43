// dmn-js names the types in the list to choose from, and writes the chosen one as it stands in the file. Here the field
// shows the name as well; what dmn-js reads from the field stays the type. Other types than those listed are none of ours,
// so that nothing is typed. The list is a menu that closes when the focus goes elsewhere, and a click in it must not take
// the focus to the page around it.

const FIELDS = '.type-ref-edit-select .dms-input, .variable-type-select .dms-input';
const VALUE = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value');

/** Name the types in every such field that appears in `place`; `names` are those of the reader by type. */
export function nameTypes(place, names) {
  const name = (field) => {
    if (Object.hasOwn(field, 'value')) return;
    let type = VALUE.get.call(field);
    const show = () => VALUE.set.call(field, names[type] ?? type);
    Object.defineProperty(field, 'value', {
      configurable: true,
      get: () => type,
      set: (value) => { type = value; show(); },
    });
    field.readOnly = true;
    show();
  };
  place.addEventListener('mousedown', (event) => { if (event.target.closest('.dms-select-options')) event.preventDefault(); }, true);
  new MutationObserver(() => place.querySelectorAll(FIELDS).forEach(name)).observe(place, { childList: true, subtree: true });
}
