import { LakewrightError } from '@lakewright/config';
import { refusalOf } from '../support/refusal-of';
import { REFUSED } from '../support/refused';

test.each(REFUSED)('$what: refused with a reason, a place and a way out', ({ sql }) => {
  const refusal = refusalOf(sql);
  expect(refusal).toBeInstanceOf(LakewrightError);
  expect(refusal?.code).toMatch(/^LAKEFLOW_(UNSUPPORTED|READ_OPTION)$/);
  expect(refusal?.location).toMatchObject({ file: 'pipeline.sql', line: 1 });
  expect(refusal?.hint).toMatch(/\w+ \w+/);
});
