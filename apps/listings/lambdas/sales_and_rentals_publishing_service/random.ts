import { createHash } from 'node:crypto';

/** A stream of pseudo-random values that its seed determines completely. */
export class Random {
  #state: number;

  /** @param parts what the stream is for, e.g. (seed, 'listing', 7): different parts give unrelated streams. */
  constructor(...parts: readonly (string | number)[]) {
    this.#state = createHash('sha256').update(parts.join('\u0000')).digest().readUInt32LE(0);
  }

  /** A number in [0, 1): the generator "mulberry32", which has a period of 2^32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  /** A whole number from `least` to `most`, both included. */
  integer(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** True with the probability given. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(values: readonly T[]): T {
    return values[Math.floor(this.next() * values.length)] as T;
  }

  /** One of the values, each as likely as its weight says. */
  weighted<T>(values: readonly (readonly [T, number])[]): T {
    const total = values.reduce((sum, [, weight]) => sum + weight, 0);
    let left = this.next() * total;
    for (const [value, weight] of values) {
      left -= weight;
      if (left < 0) return value;
    }
    return (values.findLast(([, weight]) => weight > 0) as readonly [T, number])[0];
  }

  /** Each value kept with the probability given, in the order given. */
  subset<T>(values: readonly T[], probability: number): T[] {
    return values.filter(() => this.chance(probability));
  }

  /** Around 1, rarely far from it: a factor for prices and sizes. */
  spread(width: number): number {
    return 1 + width * (this.next() + this.next() + this.next() - 1.5);
  }
}
