// Draws the diagram of a case into every [data-diagram]: the file from data-diagram, the marks from data-marks.
// Where scripts do not run, the list of steps inside the element stays.
// The viewer itself is fetched when the first diagram is to be drawn: a task page opens without it.
(() => {
  const script = document.currentScript;
  const begun = new WeakSet();
  let loading = null;
  const CLASSES = { done: "yz-done", active: "yz-active", overdue: "yz-overdue" };

  async function draw(place) {
    begun.add(place);
    await (loading ??= loadViewer());
    const answer = await fetch(place.dataset.diagram, { credentials: "same-origin" });
    if (!answer.ok) return;
    const canvas = document.createElement("div");
    canvas.className = "yz-diagram-canvas";
    place.prepend(canvas);
    const viewer = new BpmnJS({ container: canvas });
    await viewer.importXML(await answer.text());
    const shapes = viewer.get("canvas");
    const registry = viewer.get("elementRegistry");
    const marks = JSON.parse(place.dataset.marks || "{}");
    for (const [kind, ids] of Object.entries(marks)) {
      for (const id of ids) if (registry.get(id)) shapes.addMarker(id, CLASSES[kind]);
    }
    const { width, height } = shapes.viewbox().inner;
    if (width > 0) canvas.style.height = `${Math.min(Math.max(canvas.clientWidth * (height / width) + 40, 180), innerHeight * 0.7)}px`;
    shapes.resized();
    shapes.zoom("fit-viewport", "auto");
    place.dataset.drawn = "yes";
    viewer.get("eventBus").on("canvas.resized", () => shapes.zoom("fit-viewport", "auto"));
    addButtons(place, shapes);
  }

  function loadViewer() {
    for (const address of script.dataset.styles.split(" ")) {
      const link = document.createElement("link");
      link.rel = "stylesheet";
      link.href = address;
      document.head.append(link);
    }
    return new Promise((resolve, reject) => {
      const viewer = document.createElement("script");
      viewer.src = script.dataset.viewer;
      viewer.onload = resolve;
      viewer.onerror = reject;
      document.head.append(viewer);
    });
  }

  function addButtons(place, shapes) {
    const bar = document.createElement("div");
    bar.className = "yz-diagram-buttons btn-group";
    const actions = [
      ["+", place.dataset.textIn, () => shapes.zoom(shapes.zoom() * 1.25)],
      ["−", place.dataset.textOut, () => shapes.zoom(shapes.zoom() / 1.25)],
      ["⤢", place.dataset.textFit, () => shapes.zoom("fit-viewport", "auto")],
    ];
    for (const [sign, label, action] of actions) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-sm";
      button.textContent = sign;
      button.setAttribute("aria-label", label);
      button.addEventListener("click", action);
      bar.append(button);
    }
    place.append(bar);
  }

  function start(root) {
    for (const place of root.querySelectorAll("[data-diagram]:not([data-drawn])")) {
      if (begun.has(place)) continue;
      const holder = place.closest("details");
      if (holder && !holder.open) {
        holder.addEventListener("toggle", () => place.dataset.drawn || draw(place), { once: true });
      } else {
        draw(place);
      }
    }
  }

  document.readyState === "loading"
    ? document.addEventListener("DOMContentLoaded", () => start(document))
    : start(document);
  document.addEventListener("htmx:after:swap", () => start(document));
})();
