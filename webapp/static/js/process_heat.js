// The diagram of a process with a figure on each task and a colour as strong as the figure. The table beside it says all
// of it in words.

const place = document.querySelector('[data-heat]');
const marks = JSON.parse(document.getElementById('heat-marks').textContent);

const answer = await fetch(place.dataset.heat, { credentials: 'same-origin' });
const viewer = new window.BpmnJS({ container: place });
await viewer.importXML(await answer.text());
const canvas = viewer.get('canvas');
const registry = viewer.get('elementRegistry');
for (const { element, text, step } of marks) {
  if (!registry.get(element)) continue;
  if (step) canvas.addMarker(element, `yz-heat-${step}`);
  const badge = document.createElement('span');
  badge.className = 'yz-heat-badge';
  badge.textContent = text;
  viewer.get('overlays').add(element, { position: { top: -12, right: 18 }, html: badge });
}
const { width, height } = canvas.viewbox().inner;
if (width > 0) place.style.height = `${Math.min(Math.max(place.clientWidth * (height / width) + 40, 180), innerHeight * 0.75)}px`;
canvas.resized();
canvas.zoom('fit-viewport', 'auto');
place.dataset.drawn = 'yes';
