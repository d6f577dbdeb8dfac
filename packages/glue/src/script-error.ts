const TRACEBACK = 'Traceback (most recent call last):';
const MOST = 1_000;

/** Lines of Java's stack: of those only the innermost cause tells something. */
const CAUSE = /^Caused by: /;
const FRAME = /^\s+(?:at |\.\.\. \d+ more)|^Driver stacktrace:|^\s*$/;

/**
 * The error that a Python script died of, as its own last line: `ValueError: no such column`; of one that came from the JVM its innermost
 * cause too. Undefined where it says nothing.
 */
export function errorIn(log: string): string | undefined {
  const begin = log.lastIndexOf(TRACEBACK);
  if (begin < 0) return undefined;
  const lines = log.slice(begin + TRACEBACK.length).split('\n');
  // Frames are indented; the error is not, and may go on for several lines.
  const first = lines.findIndex((line) => /^\S/.test(line));
  if (first < 0) return undefined;
  const told = lines.slice(first).filter((line) => !FRAME.test(line));
  const cause = told.findLast((line) => CAUSE.test(line));
  if (!cause) return told.join('\n').slice(0, MOST);
  const own = told
    .slice(
      0,
      told.findIndex((line) => CAUSE.test(line)),
    )
    .join('\n');
  return `${own.slice(0, MOST / 2)}\n${cause.slice(0, MOST / 2)}`;
}
