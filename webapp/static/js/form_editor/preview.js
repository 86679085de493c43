// The form as people will meet it, drawn by the server from what the editor holds, saved or not.

const AFTER_MS = 500;

export class Preview {
  #timer;

  constructor(read) {
    this.read = read;
    this.request = document.querySelector('[data-preview-request]');
    // An answer may be older than the editor: what is sent next is always what the editor holds.
    document.addEventListener('htmx:after:swap', () => this.#update());
  }

  /** Draw it again soon. */
  refresh() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#update();
      this.request.dispatchEvent(new Event('preview'));
    }, AFTER_MS);
  }

  #update() {
    const source = document.querySelector('#preview [name="_source"]');
    if (source) source.value = this.read();
  }
}
