import { compare } from '../src/condition';
import type { ConditionOperator } from '../src/definition';

// The first four are the documentation's own ("Add branching logic to a job with the If/else task").
test.each<[string, ConditionOperator, string, boolean]>([
  ['12.0', 'EQUAL_TO', '12', false],
  ['12.0', 'NOT_EQUAL', '12', true],
  ['12.0', 'GREATER_THAN_OR_EQUAL', '12', true],
  ['10.0', 'GREATER_THAN_OR_EQUAL', '12', false],
  ['9', 'LESS_THAN', '10', true],
  ['10', 'LESS_THAN_OR_EQUAL', '10', true],
  ['-1', 'GREATER_THAN', '-2', true],
  ['a', 'EQUAL_TO', 'a', true],
])('%s %s %s is %s', (left, operator, right, expected) => {
  expect(compare({ left, operator, right })).toBe(expected);
});

test.each(['', ' ', 'ten', 'NaN', 'Infinity'])('no number: "%s"', (left) => {
  expect(() => compare({ left, operator: 'LESS_THAN', right: '1' })).toThrow(expect.objectContaining({ code: 'JOB_CONDITION' }));
});
