// A component without a row of its own gets the same row each time the form is laid out. form-js would invent another at
// every change, draw the component anew for it, and with that take the focus from whoever is typing in the panel.
export const steadyRowsModule = {
  __init__: [['formLayouter', (formLayouter) => {
    const calculate = formLayouter.calculateLayout;
    formLayouter.calculateLayout = (field) => {
      for (const one of field.components ?? []) one.layout = { row: `Row_${one.id}`, ...one.layout };
      calculate.call(formLayouter, field);
    };
  }]],
};
