/** Texts for values of a query's result. Times are shown in UTC, numbers the English way. */

const LOCALE = 'en-GB';
/** Shown where there is no value. */
export const NOTHING = '–';

/** How a number is written, as the encodings of Lakeview say it. */
export interface NumberFormat {
  readonly type?: string;
  readonly currencyCode?: string;
  readonly abbreviation?: string;
  readonly decimalPlaces?: { readonly type?: string; readonly places?: number };
}

export type ValueKind = 'number' | 'time' | 'date' | 'boolean' | 'text';

/** Kind of a column by its Spark type: `bigint`, `decimal(14,2)`, `timestamp` ... */
export function kindOf(type: string): ValueKind {
  const name = type.toLowerCase();
  if (/^(tinyint|smallint|int|integer|bigint|long|float|double|decimal)/.test(name)) return 'number';
  if (name.startsWith('timestamp')) return 'time';
  if (name === 'date') return 'date';
  return name === 'boolean' ? 'boolean' : 'text';
}

/** A number from what the engine returns for numeric types (number, bigint, decimal as text); null if there is none. */
export function numberOf(value: unknown): number | null {
  if (value === null || value === undefined) return null;
  const number = Number(value);
  return Number.isNaN(number) ? null : number;
}

/** A number as the format asks; without one, in full with its thousands apart. */
export function formatNumber(value: number, format: NumberFormat & { readonly grouping?: boolean } = {}): string {
  const places = format.decimalPlaces?.places ?? 2;
  const options: Intl.NumberFormatOptions = {
    maximumFractionDigits: places,
    minimumFractionDigits: format.decimalPlaces?.type === 'exact' ? places : 0,
  };
  if (format.abbreviation === 'compact') Object.assign(options, { notation: 'compact', maximumFractionDigits: 1 });
  if (format.type === 'number-percent') options.style = 'percent';
  if (format.type === 'number-currency') Object.assign(options, { style: 'currency', currency: format.currencyCode ?? 'USD' });
  if (format.grouping === false) options.useGrouping = false;
  return new Intl.NumberFormat(LOCALE, options).format(value);
}

/** `1 Jun 2026, 14:05 UTC` */
export function formatTime(value: unknown, to: 'minutes' | 'seconds' = 'minutes'): string {
  const date = new Date(String(value));
  if (Number.isNaN(date.getTime())) return String(value);
  const text = new Intl.DateTimeFormat(LOCALE, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    ...(to === 'seconds' && { second: '2-digit' }),
    timeZone: 'UTC',
  }).format(date);
  return `${text} UTC`;
}

/** `1 Jun 2026` */
export function formatDate(value: unknown): string {
  const date = new Date(String(value));
  if (Number.isNaN(date.getTime())) return String(value);
  return new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }).format(date);
}

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

/** `3 min ago`, seen from `now`. */
export function formatAge(value: unknown, now: Date): string {
  const seconds = Math.round((new Date(String(value)).getTime() - now.getTime()) / 1000);
  const [unit, size] = STEPS.find(([, length]) => Math.abs(seconds) >= length) ?? (['second', 1] as const);
  return new Intl.RelativeTimeFormat(LOCALE, { numeric: 'auto', style: 'short' }).format(Math.trunc(seconds / size), unit);
}

/** `340 ms`, `12.4 s`, `3 min 5 s` */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1_000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** A value of a column as text for a cell. */
export function formatValue(value: unknown, kind: ValueKind, format?: NumberFormat & { readonly grouping?: boolean }): string {
  if (value === null || value === undefined) return NOTHING;
  switch (kind) {
    case 'number': {
      const number = numberOf(value);
      return number === null ? String(value) : formatNumber(number, format);
    }
    case 'time':
      return formatTime(value);
    case 'date':
      return formatDate(value);
    case 'boolean':
      return value === true ? 'Yes' : 'No';
    case 'text':
      return typeof value === 'object' ? JSON.stringify(value) : String(value);
  }
}
