import { InvalidArgumentError } from 'commander';

/** Parser of an option that takes a whole number of 1 or more. */
export function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number of 1 or more.');
}
