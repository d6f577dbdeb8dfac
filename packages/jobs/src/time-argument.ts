/** What of a time can be referred to, in UTC. Source: docs.databricks.com, "What is a dynamic value reference?" (options for date and time). */
export const TIME_ARGUMENTS = [
  'iso_weekday',
  'is_weekday',
  'iso_date',
  'iso_datetime',
  'year',
  'month',
  'day',
  'hour',
  'minute',
  'second',
  'timestamp_ms',
] as const;

/** @param argument one of `TIME_ARGUMENTS` */
export function timeArgument(iso: string, argument: string): string | undefined {
  const date = new Date(iso);
  const weekday = ((date.getUTCDay() + 6) % 7) + 1;
  const values: Readonly<Record<string, string | number | boolean>> = {
    iso_weekday: weekday,
    is_weekday: weekday <= 5,
    iso_date: date.toISOString().slice(0, 10),
    iso_datetime: date.toISOString(),
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    timestamp_ms: date.getTime(),
  };
  return Object.hasOwn(values, argument) ? String(values[argument]) : undefined;
}
