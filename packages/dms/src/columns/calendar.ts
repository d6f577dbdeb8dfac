import type { NumberBuilder, WordsBuilder } from './builder';

const SAFE_SECONDS = 9_000_000_000;

/** Days since 1970-01-01 of a date of the proleptic Gregorian calendar, which MySQL uses too. */
export function daysOf(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719468;
}

/**
 * Appends a date; one with a zero part (`0000-00-00`, `2024-00-10`) is NULL, because Parquet has no such date.
 *
 * Source: AWS DMS User Guide, "Using a MySQL-compatible database as a source for AWS DMS", section "Source data types for MySQL", note
 * on zero values: where the target cannot hold them they are recorded as null.
 */
export function appendDate(builder: NumberBuilder, year: number, month: number, day: number): void {
  if (month === 0 || day === 0) builder.appendNull();
  else builder.append(daysOf(year, month, day));
}

/** Appends a moment as its seconds since 1970 and microseconds, in the unit of the column. */
export function appendMoment(builder: WordsBuilder, seconds: number, microseconds: number, milliseconds: boolean): void {
  if (milliseconds) builder.appendNumber(seconds * 1000 + Math.floor(microseconds / 1000));
  // A double counts microseconds exactly up to the year 2255.
  else if (seconds < SAFE_SECONDS && seconds > -SAFE_SECONDS) builder.appendNumber(seconds * 1e6 + microseconds);
  else builder.appendBig(BigInt(seconds) * 1_000_000n + BigInt(microseconds));
}

/** The text of a commit time: `yyyy-MM-dd HH:mm:ss.SSSSSS` in UTC ("Endpoint settings when using Amazon S3 as a target", TimestampColumnName). */
export function timestampText(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 23).replace('T', ' ')}000`;
}
