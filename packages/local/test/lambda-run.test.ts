import { type LambdaRun, payloadOf } from '../src/runs/lambda-run';

const run: LambdaRun = {
  kind: 'lambda',
  function: 'f',
  payload: { count: 5, fast: true, city: 'Oslo' },
  options: ['count', 'fast', 'city'],
  drain: false,
};

describe('options of a run', () => {
  test('take the type of the default', () => {
    expect(payloadOf(run)).toEqual({ count: 5, fast: true, city: 'Oslo' });
    expect(payloadOf(run, { count: '12', fast: 'false', city: '7' })).toEqual({ count: 12, fast: false, city: '7' });
    expect(run.payload).toEqual({ count: 5, fast: true, city: 'Oslo' });
  });

  test('the run id goes where the manifest says, and nowhere else', () => {
    const withField = { ...run, runIdField: 'run_id' };
    expect(payloadOf(withField, {}, 'run-1')).toEqual({ count: 5, fast: true, city: 'Oslo', run_id: 'run-1' });
    expect(payloadOf(withField)).toEqual({ count: 5, fast: true, city: 'Oslo' });
    expect(payloadOf(run, {}, 'run-1')).toEqual({ count: 5, fast: true, city: 'Oslo' });
  });

  test.each([
    [{ count: '' }, 'option "count" must be a number (got "")'],
    [{ count: 'NaN' }, 'option "count" must be a number (got "NaN")'],
    [{ fast: 'yes' }, 'option "fast" must be a boolean (got "yes")'],
    [{ other: 1 }, 'this run takes no option "other"'],
  ])('%j is refused', (options, message) => {
    expect(() => payloadOf(run, options as never)).toThrow(message);
  });
});
