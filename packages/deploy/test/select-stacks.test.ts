import { type SynthesizedStack, selectStacks } from '@lakewright/deploy';

const stacks: SynthesizedStack[] = ['aws-foundation', 'aws-listings', 'databricks-listings'].map((name) => ({
  name,
  folder: `/${name}`,
  dependencies: [],
}));
const names = (patterns: string[]) => selectStacks(stacks, patterns).map((stack) => stack.name);

test('no pattern selects every stack, in order', () => expect(names([])).toEqual(stacks.map((stack) => stack.name)));
test('a star stands for any characters and a dot for itself', () => {
  expect(names(['*-listings'])).toEqual(['aws-listings', 'databricks-listings']);
  expect(() => names(['aws.foundation'])).toThrow(expect.objectContaining({ code: 'DEPLOY_UNKNOWN_STACK', exitCode: 2 }));
});
test('the order is that of the dependencies, not of the patterns', () =>
  expect(names(['databricks-*', 'aws-*'])).toEqual(stacks.map((stack) => stack.name)));
