import { type Options, type Params, SingleBar } from 'cli-progress';
import colors from 'picocolors';

const BAR_WIDTH = 24;
const FRAMES_PER_SECOND = 10;
/** Shown in turn while it is not known how much there is to do. */
const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

interface Payload {
  readonly name: string;
  readonly note: string;
  readonly counted: boolean;
}

/** What a running step tells of itself. */
export interface StepState {
  readonly note: string;
  readonly done?: number;
  readonly total?: number;
}

/**
 * The running step as one line at the bottom of a terminal: what it is, for how long, how far. The line is never wider than the terminal
 * and leaves nothing behind. The cursor stays visible, so that a command that is killed leaves the terminal as it was.
 */
export class LiveLine {
  private bar?: SingleBar;
  private began = 0;
  private payload: Payload = { name: '', note: '', counted: false };
  private done = 0;
  private total = 0;

  constructor(
    private readonly stream: NodeJS.WriteStream,
    color: boolean,
  ) {
    this.colors = colors.createColors(color);
  }

  private readonly colors: ReturnType<typeof colors.createColors>;

  start(name: string): void {
    this.began = Date.now();
    this.payload = { name, note: '', counted: false };
    this.draw();
  }

  update({ note, done, total }: StepState): void {
    const counted = done !== undefined && total !== undefined && total > 0;
    this.payload = { ...this.payload, note, counted };
    [this.done, this.total] = counted ? [done, total] : [0, 1];
    this.bar?.setTotal(this.total);
    this.bar?.update(this.done, this.payload);
  }

  stop(): void {
    this.bar?.stop();
    this.bar = undefined;
  }

  /** Takes the line away, lets the action write lines that stay, and shows it again if it was there. */
  pause(action: () => void): void {
    const showing = this.bar !== undefined;
    this.stop();
    action();
    if (showing) this.draw();
  }

  private draw(): void {
    this.bar = new SingleBar({
      stream: this.stream,
      format: (_options: Options, params: Params, payload: Payload) => this.text(params, payload),
      fps: FRAMES_PER_SECOND,
      clearOnComplete: true,
      // Wrapping is left on and signals are left alone: a terminal whose program was killed must not need a reset.
      linewrap: true,
      gracefulExit: false,
    });
    this.bar.start(this.total || 1, this.done, this.payload);
  }

  private text({ progress }: Params, { name, note, counted }: Payload): string {
    const elapsed = Date.now() - this.began;
    const seconds = `${(elapsed / 1000).toFixed(1).padStart(6)} s`;
    const filled = Math.round(progress * BAR_WIDTH);
    const spinner = SPINNER[Math.floor((elapsed / 1000) * FRAMES_PER_SECOND) % SPINNER.length] as string;
    const bar = counted ? ` ${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${Math.floor(progress * 100)}%` : '';
    const fixed = `   ${spinner}  ${seconds}  ${name}${bar}`;
    const room = (this.stream.columns ?? 80) - 1;
    return `${this.colors.cyan(cut(fixed, room))}${this.colors.dim(cut(note && ` (${note})`, room - fixed.length))}`;
  }
}

function cut(text: string, width: number): string {
  if (text.length <= width) return text;
  return width < 2 ? '' : `${text.slice(0, width - 1)}…`;
}
