const TRACEBACK = 'Traceback (most recent call last):';
const MOST = 1_000;

/** The error that a Python script died of, as its own last line: `ValueError: no such column`. Undefined where it says nothing. */
export function errorIn(log: string): string | undefined {
  const begin = log.lastIndexOf(TRACEBACK);
  if (begin < 0) return undefined;
  const lines = log.slice(begin + TRACEBACK.length).split('\n');
  // Frames are indented; the error is not, and may go on for several lines.
  const first = lines.findIndex((line) => /^\S/.test(line));
  return first < 0 ? undefined : lines.slice(first).join('\n').trim().slice(0, MOST);
}
