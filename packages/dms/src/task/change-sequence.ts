/** Digits of the time and of the number behind it. */
const TIME_DIGITS = 16;
const NUMBER_DIGITS = 19;
const ZERO = 48;
const NINE = 57;

/** How far the order of changes has come: what the next process goes on from, so that a change that comes twice has its place twice. */
export interface SequenceState {
  /** Commit time of the latest transaction so far, in seconds since 1970. */
  readonly seconds: number;
  /** Changes so far. */
  readonly number: number;
}

/**
 * The place of a change in the order of all changes of a task: `YYYYMMDDHHmmSShh` and a number of nineteen digits, ascending as text
 * whatever commit times do. It is what the header `AR_H_CHANGE_SEQ` holds (AWS DMS User Guide, "Using transformation rule expressions to define column content"; its form
 * is told by Qlik Replicate, "Headers", which has the same one).
 */
export class ChangeSequence {
  private readonly text = Buffer.alloc(TIME_DIGITS + NUMBER_DIGITS, ZERO);
  private seconds = 0;
  private number: number;

  constructor({ seconds, number }: SequenceState) {
    this.number = number;
    this.text.write(String(number).padStart(NUMBER_DIGITS, '0'), TIME_DIGITS, 'latin1');
    this.begin(seconds);
  }

  /** Begins a transaction. Commit times may go back; the order does not. @param committed seconds since 1970 */
  begin(committed: number): void {
    if (committed <= this.seconds) return;
    this.seconds = committed;
    this.text.write(new Date(committed * 1000).toISOString().replaceAll(/\D/g, '').slice(0, TIME_DIGITS), 0, 'latin1');
  }

  /** The next change's place; valid until the one after. */
  next(): Buffer {
    this.number += 1;
    const { text } = this;
    let at = text.length - 1;
    while (text[at] === NINE) {
      text[at] = ZERO;
      at -= 1;
    }
    text[at] = text[at]! + 1;
    return text;
  }

  get state(): SequenceState {
    return { seconds: this.seconds, number: this.number };
  }
}
