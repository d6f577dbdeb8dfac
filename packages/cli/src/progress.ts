import colors from 'picocolors';
import { CommandLog } from './command-log';

/** Progress on standard error: one line a step, with the seconds it took. Results go to standard output. */
export class Progress {
  private readonly started = Date.now();
  readonly steps: { readonly name: string; readonly seconds: number }[] = [];

  constructor(private readonly write: (text: string) => void = (text) => process.stderr.write(text)) {}

  /** Runs a step and says how long it took; a step that throws is reported as failed and throws on. */
  async step<T>(name: string, action: (note: (text: string) => void) => Promise<T>): Promise<T> {
    const began = Date.now();
    const notes: string[] = [];
    try {
      const result = await action((text) => notes.push(text));
      const seconds = (Date.now() - began) / 1000;
      this.steps.push({ name, seconds });
      CommandLog.current()?.step({ name, seconds, status: 'done' });
      this.line(colors.green('done'), name, seconds, notes.at(-1));
      return result;
    } catch (error) {
      const seconds = (Date.now() - began) / 1000;
      CommandLog.current()?.step({ name, seconds, status: 'failed' });
      this.line(colors.red('failed'), name, seconds, notes.at(-1));
      throw error;
    }
  }

  /** A line of its own, between steps. */
  notice(text: string): void {
    this.write(`${colors.yellow('note')}    ${text}\n`);
  }

  /** Seconds since this progress began. */
  get seconds(): number {
    return (Date.now() - this.started) / 1000;
  }

  private line(mark: string, name: string, seconds: number, note?: string): void {
    this.write(`${mark}  ${seconds.toFixed(1).padStart(6)} s  ${name}${note ? colors.dim(` (${note})`) : ''}\n`);
  }
}
