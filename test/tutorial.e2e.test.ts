import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Checkout } from './support/checkout';
import { missingLine, tutorialSteps } from './support/tutorial';

/**
 * docs/tutorial.md as a reader does it, in a copy of this checkout: a system made from apps/_template, run, changed and planned.
 */
jest.setTimeout(300_000);

const steps = tutorialSteps(readFileSync(join(__dirname, '../docs/tutorial.md'), 'utf8'));
const checkout = new Checkout();
afterAll(() => checkout.remove());

test('the tutorial has commands and says what they print', () => {
  expect(steps.length).toBeGreaterThanOrEqual(8);
  expect(steps.filter(({ expected }) => expected.length > 0).length).toBeGreaterThanOrEqual(6);
});

test.each(
  steps.map((step, index) => [index + 1, step.heading, step] as const),
)('block %i, "%s": exits 0 and prints what the tutorial says', async (_index, _heading, { commands, expected }) => {
  // A line that fails ends the block.
  const ended = await checkout.sh(`set -e\n${commands}`);
  expect({ code: ended.code, stderr: ended.code === 0 ? '' : ended.stderr }).toEqual({ code: 0, stderr: '' });
  const missing = missingLine(ended.stdout, expected);
  expect({ missing, stdout: missing === undefined ? '' : ended.stdout }).toEqual({ missing: undefined, stdout: '' });
});
