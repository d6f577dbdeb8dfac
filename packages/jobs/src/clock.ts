/** Time as the runner of jobs sees it: a port, so that tests let hours pass in no time. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Ends after a time, or as soon as the signal is given. Never throws. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** Longer waits than this are a timer of 32 bits away from being none. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.min(milliseconds, LONGEST_TIMER_MS));
      signal?.addEventListener('abort', done, { once: true });
    }),
};
