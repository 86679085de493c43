// An editor needs room: on a narrow screen it is looked at, and the change is left to whoever has more.

const WIDE = matchMedia('(min-width: 992px)');

/** Whether there is room to edit; where there is none yet, the page is opened anew once there is. */
export function isWideScreen() {
  if (!WIDE.matches) WIDE.addEventListener('change', () => location.reload(), { once: true });
  return WIDE.matches;
}
