import type { Clock } from '../../src';

/** A clock that stands still until nothing else is left to do, then jumps to the next time anybody waits for. */
export class SimulatedClock implements Clock {
  private readonly sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();

  constructor(private time = Date.parse('2026-06-01T12:00:00Z')) {}

  now(): number {
    return this.time;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const wake = () => {
        this.sleepers.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper = { at: this.time + Math.max(0, milliseconds), wake };
      this.sleepers.add(sleeper);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  /** Lets time pass until the promise has ended. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let open = true;
    const end = () => {
      open = false;
    };
    promise.then(end, end);
    for (;;) {
      await quiet();
      if (!open) return promise;
      this.jump();
    }
  }

  /** Lets an amount of time pass. */
  async pass(milliseconds: number): Promise<void> {
    await this.until(this.sleep(milliseconds));
    await quiet();
  }

  private jump(): void {
    const next = [...this.sleepers].sort((a, b) => a.at - b.at)[0];
    if (!next) throw new Error('nobody waits for anything, and it has not ended');
    this.time = Math.max(this.time, next.at);
    next.wake();
  }
}

/** What is ready to go on has gone on. */
async function quiet(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
