import { join } from 'node:path';
import { InjectedFault } from '../../src';
import { CrashLake } from '../support/crash-pipeline';
import { withSail } from '../support/sail';

/** Crashes at the n-th point that is reached. */
function crashAt(n: number) {
  let reached = 0;
  return () => {
    reached += 1;
    if (reached === n) throw new Error('crash');
  };
}

/** The points that an update reaches when nothing disturbs it. */
async function pointsOf(update: (faults: (point: string) => void) => Promise<unknown>): Promise<readonly string[]> {
  const points: string[] = [];
  await update((point) => points.push(point));
  return points;
}

describe('an update that is killed between any two writes and run again', () => {
  const sail = withSail();
  const lakeOf = (name: string) => new CrashLake(sail.engine, join(sail.folder, name));

  test('gives the tables of an undisturbed one: first load', async () => {
    const undisturbed = lakeOf('first');
    undisturbed.put();
    const points = await pointsOf((faults) => undisturbed.update({ faults }));
    expect(await undisturbed.actual()).toEqual(undisturbed.expected());
    expect(points.length).toBeGreaterThan(30);
    for (const [index, point] of points.entries()) {
      const lake = lakeOf(`first-${index}`);
      lake.put();
      await expect(lake.update({ faults: crashAt(index + 1) })).rejects.toBeInstanceOf(InjectedFault);
      await lake.update();
      expect({ point, ...(await lake.actual()) }).toEqual({ point, ...undisturbed.expected() });
    }
  });

  test('gives the tables of an undisturbed one: new files', async () => {
    const lake = lakeOf('next');
    lake.put();
    await lake.update();
    lake.put();
    const points = await pointsOf((faults) => lake.update({ faults }));
    for (const [index, point] of points.entries()) {
      lake.put();
      await expect(lake.update({ faults: crashAt(index + 1) })).rejects.toBeInstanceOf(InjectedFault);
      if (index % 3 === 0) lake.put();
      await lake.update();
      expect({ point, ...(await lake.actual()) }).toEqual({ point, ...lake.expected() });
    }
  });

  test('gives the tables of an undisturbed one: full refresh, which the next update completes', async () => {
    const lake = lakeOf('refresh');
    lake.put();
    lake.put();
    await lake.update();
    const points = await pointsOf((faults) => lake.update({ faults, fullRefresh: 'all' }));
    for (const [index, point] of points.entries()) {
      await expect(lake.update({ faults: crashAt(index + 1), fullRefresh: 'all' })).rejects.toBeInstanceOf(InjectedFault);
      if (index % 3 === 0) lake.put();
      await lake.update();
      expect({ point, ...(await lake.actual()) }).toEqual({ point, ...lake.expected() });
    }
  });
});
