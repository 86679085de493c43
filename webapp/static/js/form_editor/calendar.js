// The calendar of the date fields, which speaks English unless it is told the names of days and months.

const SUNDAY = Date.UTC(2026, 1, 1);
const DAY_MS = 86_400_000;

/** Let every calendar that is made from now on speak the language of the page. */
export function localizeCalendars(flatpickr) {
  const language = document.documentElement.lang;
  const days = Array.from({ length: 7 }, (_, day) => SUNDAY + day * DAY_MS);
  const months = Array.from({ length: 12 }, (_, month) => Date.UTC(2026, month, 15));
  const names = (moments, part) => Object.fromEntries([['shorthand', 'short'], ['longhand', 'long']].map(([key, length]) => {
    const format = new Intl.DateTimeFormat(language, { [part]: length, timeZone: 'UTC' });
    return [key, moments.map((one) => format.format(one))];
  }));
  flatpickr.localize({
    weekdays: names(days, 'weekday'),
    months: names(months, 'month'),
    firstDayOfWeek: language.startsWith('zh') ? 1 : 0,
  });
}
