import { records } from '../lambdas/newsystem_writer/records';

test('the same seed gives the same records, another one others', () => {
  expect(records(5, 1)).toEqual(records(5, 1));
  expect(records(5, 1)).not.toEqual(records(5, 2));
  expect(records(100, 1).filter((record) => typeof record.amount === 'string')).toHaveLength(4);
  expect(new Set(records(100, 1).map((record) => record.record_id)).size).toBe(100);
});
