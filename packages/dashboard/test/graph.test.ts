import { type DrawnBox, drawing } from '../src/graph/drawing';

const box = (id: string, name = id): DrawnBox => ({ id, name, status: 'refreshed', lines: [{ text: name, style: 'name' }] });

function drawn(boxes: readonly DrawnBox[]): string {
  const edges = boxes.slice(1).map(({ id }, index) => ({ from: boxes[index]!.id, to: id }));
  return drawing({ of: 'pipeline', box: 'dataset', summary: 'a pipeline', boxes, edges }).text;
}

describe('a graph', () => {
  test('shrinks to its card while it can be read, and keeps its size when it is wide', () => {
    expect(drawn([box('a'), box('b'), box('c')])).toContain('class="graph pipeline"');
    expect(drawn(Array.from({ length: 9 }, (_, index) => box(`dataset_${index}`)))).toContain('class="graph wide pipeline"');
  });

  test('shows the end of a long path and the beginning of another long name', () => {
    const path = `/Volumes/commerce_local/${'x'.repeat(60)}/customers`;
    const text = drawn([box('path', path), box('name', `silver.${'y'.repeat(60)}_end`)]);
    expect(text).toMatch(/>…x+\/customers<\/text>/);
    expect(text).toMatch(/>silver\.y+…<\/text>/);
  });
});
