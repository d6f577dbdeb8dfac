/**
 * Texts of the values that JavaScript has no type for: timestamps, dates, exact decimals. Both ways, so that what is read can be sent.
 */

const MICROS_A_MILLI = 1000n;
const MILLIS_A_DAY = 86_400_000;
const MILLIS_A_CYCLE = 146_097n * BigInt(MILLIS_A_DAY);
/** The last that a Date holds. */
const LAST_MILLI = 8_640_000_000_000_000n;

/** `2024-01-02T03:04:05.678Z`, with six digits when the microseconds need them. Years outside 0 to 9999 as ECMAScript writes them. */
export function timestampText(micros: bigint): string {
  const rest = BigInt.asUintN(64, ((micros % MICROS_A_MILLI) + MICROS_A_MILLI) % MICROS_A_MILLI);
  const text = isoText((micros - rest) / MICROS_A_MILLI);
  return rest === 0n ? text : `${text.slice(0, -1)}${rest.toString().padStart(3, '0')}Z`;
}

/**
 * Microseconds since 1970 of a timestamp text: ISO-8601 with `T` or a space, up to nine digits of a second (cut to six), and a zone
 * (`Z`, `+02:00`); a text without a zone is UTC, the time zone of every session. Undefined when it is no timestamp.
 */
export function timestampMicros(text: string): bigint | undefined {
  const match = /^([+-]\d{6}|\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?\s*(Z|[+-]\d\d:?\d\d)?$/i.exec(
    text,
  );
  if (!match) return undefined;
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', zone = 'Z'] = match;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const millis = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.000${offset}`);
  if (Number.isNaN(millis) || dayOverflows(String(year), Number(month), Number(day))) return undefined;
  return BigInt(millis) * MICROS_A_MILLI + BigInt(fraction.padEnd(6, '0').slice(0, 6));
}

/** `Date.parse` turns 30 February into 1 March; SQL does not. */
function dayOverflows(year: string, month: number, day: number): boolean {
  return new Date(Date.UTC(Number(year) % 400, month, 0)).getUTCDate() < day;
}

/** `YYYY-MM-DD` of days since 1970. */
export function dateText(days: number): string {
  return isoText(BigInt(days) * BigInt(MILLIS_A_DAY)).slice(0, -14);
}

/** Engines count further than JavaScript's dates do (the year 275760): the calendar repeats itself every 400 years. */
function isoText(millis: bigint): string {
  if (millis >= -LAST_MILLI && millis <= LAST_MILLI) return new Date(Number(millis)).toISOString();
  const text = new Date(Number(millis % MILLIS_A_CYCLE)).toISOString();
  const year = Number(text.slice(0, 4)) + 400 * Number(millis / MILLIS_A_CYCLE);
  return `${year < 0 ? '-' : '+'}${String(Math.abs(year)).padStart(6, '0')}${text.slice(4)}`;
}

/** Days since 1970 of `YYYY-MM-DD`; undefined when it is no date. */
export function dateDays(text: string): number | undefined {
  const micros = /^([+-]\d{6}|\d{4})-\d\d-\d\d$/.test(text) ? timestampMicros(text) : undefined;
  return micros === undefined ? undefined : Number(micros / MICROS_A_MILLI) / MILLIS_A_DAY;
}

/** A decimal from its unscaled integer: `decimalText(-5n, 2)` is `-0.05`. */
export function decimalText(unscaled: bigint, scale: number): string {
  if (scale <= 0) return (unscaled * 10n ** BigInt(-scale)).toString();
  const sign = unscaled < 0n ? '-' : '';
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/**
 * The unscaled integer of a decimal text at the given scale; undefined when it is no decimal, has more digits after the point than the scale
 * (nothing is rounded in silence), or more digits than the precision.
 */
export function decimalUnscaled(text: string, precision: number, scale: number): bigint | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text.trim());
  if (!match || (match[2] === '' && !match[3])) return undefined;
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  if (fraction.length > scale) return undefined;
  const digits = BigInt(`${match[2] ?? ''}${fraction.padEnd(scale, '0')}` || '0');
  if (digits >= 10n ** BigInt(precision)) return undefined;
  return match[1] === '-' ? -digits : digits;
}

/** Names made different from each other: the second `id` becomes `id_2`, or the next number that is free. */
export function distinctNames(names: readonly string[]): readonly string[] {
  const taken = new Set(names);
  const used = new Set<string>();
  return names.map((name) => {
    if (!used.has(name)) {
      used.add(name);
      return name;
    }
    let number = 2;
    while (taken.has(`${name}_${number}`) || used.has(`${name}_${number}`)) number += 1;
    used.add(`${name}_${number}`);
    return `${name}_${number}`;
  });
}

/** Sets an own property whatever its name: `__proto__` is a column name like any other. */
export function setOwn(target: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__') Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  else target[name] = value;
}
