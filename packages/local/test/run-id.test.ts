import { newRunId } from '../src/runs/run-id';

test('is a UUID of version 7 that carries its time', () => {
  const id = newRunId(Date.parse('2026-06-01T10:00:00.123Z'));
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(Date.parse('2026-06-01T10:00:00.123Z'));
});

test('sorts by time, and is another one each time', () => {
  const ids = [5, 1, 3].map((time) => newRunId(Date.UTC(2026, 0, time)));
  expect([...ids].sort()).toEqual([ids[1], ids[2], ids[0]]);
  expect(new Set(Array.from({ length: 1000 }, () => newRunId(0))).size).toBe(1000);
});
