import { errorIn } from '../src/script-error';

const trace = (...error: string[]) =>
  ['Traceback (most recent call last):', '  File "a.py", line 1, in <module>', '    fail()', ...error, ''].join('\n');

test.each([
  ['the last line of the traceback', `begins\n${trace('ValueError: no such column')}`, 'ValueError: no such column'],
  [
    'an error of several lines as a whole',
    trace('pyspark.errors.AnalysisException: [TABLE_NOT_FOUND]', 'it is not there'),
    'pyspark.errors.AnalysisException: [TABLE_NOT_FOUND]\nit is not there',
  ],
  [
    'of errors that follow from one another the last',
    `${trace('KeyError: 1')}\nDuring handling of the above exception, another exception occurred:\n\n${trace('RuntimeError: 2')}`,
    'RuntimeError: 2',
  ],
  [
    'of an error that came from the JVM what it was for the script, and the innermost cause; no stack',
    trace(
      'py4j.protocol.Py4JJavaError: An error occurred while calling o1.save.',
      ': org.apache.hudi.exception.HoodieException: it could not be written',
      '\tat org.apache.hudi.Writer.write(Writer.java:1)',
      'Caused by: java.io.IOException: outer',
      '\tat a.B.c(D.java:2)',
      '\t... 12 more',
      'Caused by: java.net.ConnectException: refused',
      '\t... 20 more',
    ),
    'py4j.protocol.Py4JJavaError: An error occurred while calling o1.save.\n' +
      ': org.apache.hudi.exception.HoodieException: it could not be written\n' +
      'Caused by: java.net.ConnectException: refused',
  ],
  ['nothing where the log has no error', 'all is well\n', undefined],
  ['nothing where the error was cut off', 'Traceback (most recent call last):\n  File "a.py"', undefined],
  ['a thousand characters of a long one', trace(`ValueError: ${'x'.repeat(5_000)}`), `ValueError: ${'x'.repeat(988)}`],
])('%s', (_, log, error) => {
  expect(errorIn(log)).toBe(error);
});
