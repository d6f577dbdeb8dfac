import { ChangeSequence } from '../src/task/change-sequence';

const START = { seconds: 0, number: 0 };
/** 2026-11-21 08:05:09 UTC */
const COMMITTED = Date.UTC(2026, 10, 21, 8, 5, 9) / 1000;

test('a place is the commit time and a number, thirty-five digits', () => {
  const sequence = new ChangeSequence(START);
  sequence.begin(COMMITTED);
  expect(sequence.next().toString()).toBe(`2026112108050900${'0'.repeat(18)}1`);
  expect(sequence.next().toString()).toBe(`2026112108050900${'0'.repeat(18)}2`);
});

test('places ascend as text, also when the clock of the source goes back', () => {
  const sequence = new ChangeSequence(START);
  const places: string[] = [];
  for (const committed of [COMMITTED, COMMITTED - 3600, COMMITTED, COMMITTED + 1]) {
    sequence.begin(committed);
    for (let row = 0; row < 1_050; row += 1) places.push(sequence.next().toString());
  }
  expect([...places].sort()).toEqual(places);
  expect(new Set(places).size).toBe(4_200);
});

test('a process that goes on from a state gives the same places again', () => {
  const first = new ChangeSequence(START);
  first.begin(COMMITTED);
  for (let row = 0; row < 99; row += 1) first.next();
  const { state } = first;
  const again = new ChangeSequence(state);
  for (const sequence of [first, again]) sequence.begin(COMMITTED - 5);
  for (let row = 0; row < 3; row += 1) expect(again.next().toString()).toBe(first.next().toString());
  expect(state).toEqual({ seconds: COMMITTED, number: 99 });
});
