import { LakewrightError } from '@lakewright/config';

test('formats place, code, message and hint', () => {
  const error = new LakewrightError('LAKEFLOW_SYNTAX', 'expected AS', {
    hint: 'write AS',
    location: { file: 'a.sql', line: 3, column: 7 },
  });
  expect(error.format()).toBe('a.sql:3:7: LAKEFLOW_SYNTAX: expected AS\n  hint: write AS');
});

test('fails with exit code 1 unless it says otherwise', () => {
  expect(new LakewrightError('X', 'x').exitCode).toBe(1);
  expect(new LakewrightError('X', 'x', { exitCode: 3 }).exitCode).toBe(3);
});
