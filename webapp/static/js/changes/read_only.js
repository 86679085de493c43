// An editor that may be looked at only: it scrolls and shows what is chosen, and nothing in it can be changed. (The
// attribute `inert` would do that, and keep people from scrolling.)

const CHANGING = ['keydown', 'keypress', 'beforeinput', 'input', 'change', 'paste', 'cut', 'drop', 'dragstart', 'mousedown', 'pointerdown', 'click', 'dblclick', 'contextmenu'];
const LOOKING_KEYS = ['Tab', 'Escape', 'ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'PageUp', 'PageDown', 'Home', 'End'];

export class ReadOnly {
  #isOn = false;

  /** `isLooking` says of what is clicked whether that changes nothing. */
  constructor(place, isLooking = () => false) {
    this.place = place;
    for (const type of CHANGING) {
      place.addEventListener(type, (event) => {
        if (!this.#isOn || (type === 'click' && isLooking(event.target))) return;
        if (type === 'keydown' && LOOKING_KEYS.includes(event.key)) return;
        event.preventDefault();
        event.stopImmediatePropagation();
      }, true);
    }
  }

  get isOn() { return this.#isOn; }

  set isOn(value) {
    this.#isOn = value;
    this.place.toggleAttribute('data-read-only', value);
  }
}
