// What the shell does beyond HTML: menus that close, questions before irreversible steps, dialogs, messages that go away.
(() => {
  'use strict';

  // Menus are <details>: close them on Escape, on a click elsewhere and when the focus leaves.
  const openMenus = () => document.querySelectorAll('details[data-menu][open]');
  document.addEventListener('click', event => {
    for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener('keydown', event => {
    if (event.key !== 'Escape') return;
    for (const menu of openMenus()) {
      menu.open = false;
      menu.querySelector('summary').focus();
    }
  });
  document.addEventListener('focusout', event => {
    const menu = event.target.closest('details[data-menu][open]');
    if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });

  // <form data-confirm="question">: ask in the page's own dialog, then send with the button that was pressed.
  const dialog = document.getElementById('confirm');
  document.addEventListener('submit', event => {
    const form = event.target;
    const asking = event.submitter?.closest('[data-confirm]') ?? form.closest('[data-confirm]');
    if (!asking || !dialog || form.dataset.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const yes = dialog.querySelector('[data-confirm-yes]');
    document.getElementById('confirm-text').textContent = asking.dataset.confirm;
    yes.textContent = asking.dataset.confirmYes || yes.dataset.text;
    yes.classList.toggle('btn-danger', asking.dataset.confirmTone === 'danger');
    yes.classList.toggle('btn-primary', asking.dataset.confirmTone !== 'danger');
    dialog.returnValue = '';
    dialog.addEventListener('close', () => {
      if (dialog.returnValue !== 'yes') return;
      form.dataset.confirmed = 'yes';
      form.requestSubmit(event.submitter?.form === form ? event.submitter : undefined);
      delete form.dataset.confirmed;
    }, { once: true });
    dialog.showModal();
  }, true);

  // Dialogs with forms stand open in pages without scripts; here they wait for their button.
  const prepare = root => {
    for (const one of root.querySelectorAll('dialog[data-dialog]')) if (!one.matches(':modal')) one.close();
    for (const one of root.querySelectorAll('[data-dismiss][hidden], [data-opens][hidden]')) one.hidden = false;
  };
  document.addEventListener('click', event => {
    const opener = event.target.closest('[data-opens]');
    if (opener) document.getElementById(opener.dataset.opens)?.showModal();
    event.target.closest('[data-closes]')?.closest('dialog')?.close();
    event.target.closest('[data-dismiss]')?.closest('.yz-alert')?.remove();
  });

  // <select data-submits> sends its form at once; the button beside it serves pages without scripts.
  document.addEventListener('change', event => {
    if (event.target.matches('[data-submits]')) event.target.form.requestSubmit();
  });

  // <input data-checks="name"> checks or clears all boxes of that name.
  document.addEventListener('change', event => {
    const name = event.target.dataset?.checks;
    if (!name) return;
    for (const box of document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(name)}"]`)) {
      box.checked = event.target.checked;
    }
  });

  document.documentElement.classList.add('yz-scripted');
  prepare(document);
  document.addEventListener('htmx:after:swap', () => prepare(document));
})();
