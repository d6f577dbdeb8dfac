import { LakewrightError } from '@lakewright/config';
import { type Flow, validateDefinition } from '../../src';

/** What is wrong with a definition, by line. */
function problems(flow: Flow): string[] {
  try {
    validateDefinition(flow);
  } catch (error) {
    if (error instanceof LakewrightError) return error.message.split('\n').slice(1);
    throw error;
  }
  return [];
}

test('a sound machine is taken, with branches, choices and what is caught', () => {
  expect(
    problems({
      StartAt: 'A',
      States: {
        A: { Type: 'Task', Resource: 'x', Catch: [{ ErrorEquals: ['States.ALL'], Next: 'D' }], Next: 'B' },
        B: { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'C' }], Default: 'D' },
        C: { Type: 'Parallel', Branches: [{ StartAt: 'E', States: { E: { Type: 'Succeed' } } }], End: true },
        D: { Type: 'Fail', Error: 'E', Cause: 'c' },
      },
    }),
  ).toEqual([]);
});

test('what goes nowhere, what nobody goes to, and what never ends is told by name', () => {
  expect(problems({ StartAt: 'A', States: { A: { Type: 'Pass', Next: 'B' }, C: { Type: 'Succeed' } } })).toEqual([
    '  A: goes to B, which is not there',
    '  C: nothing goes there',
  ]);
  expect(problems({ StartAt: 'A', States: { A: { Type: 'Wait', Seconds: 1, Next: 'A' } } })).toEqual([
    '  the machine never ends',
  ]);
  expect(problems({ StartAt: 'Z', States: { A: { Type: 'Succeed' } } })).toEqual([
    '  the machine starts at Z, which is not there',
    '  A: nothing goes there',
  ]);
});

test('inside a Map the path is told, and a name is had once in the whole machine', () => {
  const inner: Flow = { StartAt: 'A', States: { A: { Type: 'Pass', Next: 'X' } } };
  expect(problems({ StartAt: 'A', States: { A: { Type: 'Map', Items: [], ItemProcessor: inner, End: true } } })).toEqual([
    '  A/A: goes to X, which is not there',
    '  A/never ends',
    '  A: 2 states of that name',
  ]);
});
