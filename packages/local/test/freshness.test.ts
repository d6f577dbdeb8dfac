import { ageOf } from '../src/lake/freshness';

const now = new Date('2026-06-01T12:00:00.000Z');

test.each([
  ['2026-06-01T11:59:59.000Z', 0, 'ok'],
  ['2026-06-01T11:00:00.000Z', 60, 'ok'],
  ['2026-06-01T10:59:00.000Z', 61, 'late'],
  ['2026-05-01T12:00:00.000Z', 44_640, 'late'],
])('a load of %s is %d minutes old: %s against an hour', (latest, ageMinutes, state) => {
  expect(ageOf(latest, 60, now)).toEqual({ latestLoadAt: latest, ageMinutes, sloMinutes: 60, state });
});

test('a table that was never loaded is late', () => {
  expect(ageOf(null, 60, now)).toEqual({ latestLoadAt: null, ageMinutes: null, sloMinutes: 60, state: 'late' });
});
