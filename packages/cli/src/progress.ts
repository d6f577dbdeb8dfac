import { type ProcessEnvironment, processEnvironment } from '@lakewright/config';
import type { Note, Progress } from '@lakewright/workflow';
import colors from 'picocolors';
import { CommandLog } from './command-log';
import { LiveLine } from './live-line';

export interface ProgressOutput {
  /** Where progress is written. */
  readonly write: (text: string) => void;
  readonly color: boolean;
  /** Shows the running step; undefined where nobody watches. */
  readonly live?: LiveLine;
}

/**
 * Progress on standard error: one line a step, with the seconds it took, and on a terminal the step that is running with a bar.
 * Results go to standard output.
 */
export class TerminalProgress implements Progress {
  private readonly started = Date.now();
  readonly steps: { readonly name: string; readonly seconds: number }[] = [];
  private readonly colors: ReturnType<typeof colors.createColors>;

  constructor(private readonly output: ProgressOutput = standardError()) {
    this.colors = colors.createColors(output.color);
  }

  /** Runs a step and says how long it took; a step that throws is reported as failed and throws on. */
  async step<T>(name: string, action: (note: Note) => Promise<T>): Promise<T> {
    const began = Date.now();
    const { live } = this.output;
    let last: string | undefined;
    live?.start(name);
    try {
      const result = await action((text, done, total) => {
        last = text;
        live?.update({ note: text, done, total });
      });
      live?.stop();
      const seconds = (Date.now() - began) / 1000;
      this.steps.push({ name, seconds });
      CommandLog.current()?.step({ name, seconds, status: 'done' });
      this.line(this.colors.green('done'), name, seconds, last);
      return result;
    } catch (error) {
      live?.stop();
      const seconds = (Date.now() - began) / 1000;
      CommandLog.current()?.step({ name, seconds, status: 'failed' });
      this.line(this.colors.red('failed'), name, seconds, last);
      throw error;
    }
  }

  /** A line of its own, between steps or while one runs. */
  notice(text: string): void {
    const { live, write } = this.output;
    const tell = () => write(`${this.colors.yellow('note')}    ${text}\n`);
    if (live) live.pause(tell);
    else tell();
  }

  /** Seconds since this progress began. */
  get seconds(): number {
    return (Date.now() - this.started) / 1000;
  }

  private line(mark: string, name: string, seconds: number, note?: string): void {
    this.output.write(`${mark}  ${seconds.toFixed(1).padStart(6)} s  ${name}${note ? this.colors.dim(` (${note})`) : ''}\n`);
  }
}

/** Progress on standard error as it is: live only on a terminal that a person watches. */
export function standardError(
  stream: NodeJS.WriteStream = process.stderr,
  settings: Pick<ProcessEnvironment, 'ci' | 'noColor' | 'dumbTerminal'> = processEnvironment(),
): ProgressOutput {
  const terminal = stream.isTTY === true && !settings.dumbTerminal;
  const color = terminal && !settings.noColor;
  return {
    write: (text) => stream.write(text),
    color,
    live: terminal && !settings.ci ? new LiveLine(stream, color) : undefined,
  };
}
