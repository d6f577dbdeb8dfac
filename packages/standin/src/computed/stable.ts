import { createHash } from 'node:crypto';

const HEX = '0123456789abcdef';
const DIGITS = '0123456789';
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Texts that look like a service's identifiers and are always the same for the same seed. */
export class Stable {
  constructor(private readonly seed: string) {}

  hex(length: number, purpose = ''): string {
    return this.draw(HEX, length, purpose);
  }

  /** Never begins with 0, so that it survives as a number. */
  digits(length: number, purpose = ''): string {
    const drawn = this.draw(DIGITS, length, purpose);
    return drawn.startsWith('0') ? `1${drawn.slice(1)}` : drawn;
  }

  upper(length: number, purpose = ''): string {
    return this.draw(UPPER, length, purpose);
  }

  uuid(purpose = ''): string {
    const hex = this.hex(30, `uuid ${purpose}`);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(12, 15)}-8${hex.slice(15, 18)}-${hex.slice(18, 30)}`;
  }

  private draw(alphabet: string, length: number, purpose: string): string {
    let text = '';
    for (let round = 0; text.length < length; round += 1) {
      const bytes = createHash('sha256').update(`${this.seed}\n${purpose}\n${round}`).digest();
      for (const byte of bytes) text += alphabet[byte % alphabet.length];
    }
    return text.slice(0, length);
  }
}
