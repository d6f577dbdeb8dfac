import { everyType, liveAndDie } from './support/every-type';

/** Every fifteenth type, from another start for each extent; `test/support/main.ts` takes all of them. */
const STRIDE = 15;

test.each([
  ['required', 0],
  ['everything', 7],
] as const)('a sample of all types lives and dies with its %s arguments', async (extent, start) => {
  const types = (await everyType()).filter((_type, index) => index % STRIDE === start);
  expect(types.length).toBeGreaterThan(100);
  expect(await liveAndDie(extent, types)).toEqual({
    types: types.length,
    applied: types.length,
    changed: {},
    leftAfterDestroy: 0,
  });
});
