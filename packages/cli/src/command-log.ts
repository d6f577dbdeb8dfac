import { AsyncLocalStorage } from 'node:async_hooks';
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type LocalPaths, localPaths } from '@lakewright/config';
import { newRunId } from '@lakewright/local/run-id';

/** A step as the log has it. */
export interface LoggedStep {
  readonly name: string;
  readonly seconds: number;
  readonly status: 'done' | 'failed';
}

/** What a command ended with. */
export interface CommandEnd {
  readonly exitCode: number;
  /** Code of the error that ended it. */
  readonly errorCode?: string;
}

/** At this size the file becomes `lakewright.1.jsonl`, in place of an older one. */
const MOST_BYTES = 5_000_000;

const FILE = 'lakewright.jsonl';

const current = new AsyncLocalStorage<CommandLog>();

/**
 * What one command does, as one line of JSON in `<home>/logs/lakewright.jsonl` when it ends. Names, times and codes only: arguments
 * and messages may quote data.
 */
export class CommandLog {
  /** Goes with everything that the command causes. */
  readonly runId = newRunId();
  private readonly began = Date.now();
  private readonly steps: LoggedStep[] = [];
  private command: string | undefined;

  /** The log of the command that is running here; undefined outside one. */
  static current(): CommandLog | undefined {
    return current.getStore();
  }

  /** Runs a command with this log as the current one. */
  during<T>(action: () => Promise<T>): Promise<T> {
    return current.run(this, action);
  }

  /** Which command it is: known once the arguments are read. */
  name(command: string): void {
    this.command = command;
  }

  step(step: LoggedStep): void {
    this.steps.push(step);
  }

  /**
   * Writes the line. Where there is no home folder there is no local plane and nothing is written, so that a purge stays one; a
   * log that cannot be written fails no command.
   */
  end({ exitCode, errorCode }: CommandEnd, paths: () => Pick<LocalPaths, 'home' | 'logs'> = localPaths): void {
    if (this.command === undefined) return;
    const line = {
      timestamp: new Date().toISOString(),
      level: exitCode === 0 ? 'INFO' : 'ERROR',
      message: 'command ended',
      command: this.command,
      run_id: this.runId,
      seconds: (Date.now() - this.began) / 1000,
      steps: this.steps,
      exit_code: exitCode,
      ...(errorCode === undefined ? {} : { error_code: errorCode }),
    };
    try {
      const { home, logs } = paths();
      if (!existsSync(home)) return;
      mkdirSync(logs, { recursive: true });
      const file = join(logs, FILE);
      if (existsSync(file) && statSync(file).size > MOST_BYTES) renameSync(file, join(logs, 'lakewright.1.jsonl'));
      appendFileSync(file, `${JSON.stringify(line)}\n`);
    } catch {
      // A full disk or a read-only folder: the command itself says so where it matters.
    }
  }
}

/** The end of the log of commands, oldest line first; empty before the first one. */
export function commandLogTail({ logs }: Pick<LocalPaths, 'logs'>, lines: number): string {
  const file = join(logs, FILE);
  if (!existsSync(file)) return '';
  const tail = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines);
  return `${tail.join('\n')}\n`;
}
