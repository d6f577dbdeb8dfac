import { type SynthesizedStack, selectStacks, stacksOfSystem, withDependencies } from '@lakewright/deploy';

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

describe('the stacks of one system', () => {
  const all: SynthesizedStack[] = [
    { name: 'aws-foundation', folder: '/a', dependencies: [] },
    { name: 'aws-homes', folder: '/b', dependencies: ['aws-foundation'] },
    { name: 'aws-smarthomes', folder: '/c', dependencies: ['aws-foundation'] },
    { name: 'databricks-foundation', folder: '/d', dependencies: [] },
    { name: 'databricks-homes', folder: '/e', dependencies: ['aws-homes', 'databricks-foundation'] },
  ];
  const own = stacksOfSystem(all, 'homes').map(({ name }) => name);

  test('its own, and none that is called alike', () => expect(own).toEqual(['aws-homes', 'databricks-homes']));
  test('with all that they read from, in order', () => {
    const needed = withDependencies(all, stacksOfSystem(all, 'homes')).map(({ name }) => name);
    expect(needed).toEqual(['aws-foundation', 'aws-homes', 'databricks-foundation', 'databricks-homes']);
    expect(withDependencies(all, all.slice(1, 2)).map(({ name }) => name)).toEqual(['aws-foundation', 'aws-homes']);
  });
});
