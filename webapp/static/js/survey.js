// Answering a survey: how far one is, and every choice kept as soon as it is made. Works without; the buttons do it too.
"use strict";
(() => {
  const form = document.querySelector("form[data-survey]");
  if (!form) return;
  const progress = form.querySelector("[data-progress]");
  const names = new Set([...form.querySelectorAll("input[type=radio]")].map((one) => one.name));
  let last = Promise.resolve();

  function show(saved) {
    const done = [...names].filter((name) => form.querySelector(`input[name="${name}"]:checked`)).length;
    const text = progress.dataset.pattern.replace("{done}", done).replace("{all}", names.size);
    progress.textContent = saved ? `${text} · ${progress.dataset.saved}` : text;
  }

  function keep() {
    const data = new FormData(form);
    data.set("_do", "keep");
    // One after the other: an earlier state must not arrive after a later one.
    last = last
      .then(() => fetch(form.action, { method: "POST", body: data, headers: { "X-Autosave": "1" }, redirect: "manual" }))
      .then((answer) => show(answer.status === 204))
      .catch(() => show(false));
  }

  form.addEventListener("change", () => {
    show(false);
    keep();
  });
  show(false);
})();
