import { join } from 'node:path';
import { InjectedFault, type UpdateOptions } from '../../src';
import { CrashLake } from '../support/crash-pipeline';
import { withSail } from '../support/sail';

/** Crashes where the update reaches this point. */
const crashAt = (wanted: string) => (point: string) => {
  if (point === wanted) throw new Error('crash');
};

/** The points that an update reaches when nothing disturbs it. */
async function pointsOf(lake: CrashLake, options: Partial<UpdateOptions> = {}): Promise<readonly string[]> {
  const points: string[] = [];
  await lake.update({ ...options, faults: (point) => void points.push(point) });
  expect(new Set(points).size).toBe(points.length);
  expect(points.length).toBeGreaterThan(30);
  return points;
}

describe('an update that is killed between any two writes and run again', () => {
  const sail = withSail();
  const lakeOf = (name: string) => new CrashLake(sail.engine, join(sail.folder, name));

  /** Crashes once at every point, so that each update but the last also recovers from the one before; compares after each dataset. */
  async function crashEverywhere(lake: CrashLake, points: readonly string[], options: Partial<UpdateOptions>): Promise<void> {
    for (const [index, point] of points.entries()) {
      lake.put();
      await expect(lake.update({ ...options, faults: crashAt(point) })).rejects.toBeInstanceOf(InjectedFault);
      const [dataset, next] = [point, points[index + 1] ?? ''].map((name) => name.split(':')[1]);
      if (dataset === next) continue;
      await lake.update();
      expect({ point, ...(await lake.actual()) }).toEqual({ point, ...lake.expected() });
    }
  }

  test('gives the tables of an undisturbed one: first load', async () => {
    const undisturbed = lakeOf('first');
    undisturbed.put();
    const points = await pointsOf(undisturbed);
    expect(await undisturbed.actual()).toEqual(undisturbed.expected());
    for (const [index, point] of points.entries()) {
      const lake = lakeOf(`first-${index}`);
      lake.put();
      await expect(lake.update({ faults: crashAt(point) })).rejects.toBeInstanceOf(InjectedFault);
      await lake.update();
      expect({ point, ...(await lake.actual()) }).toEqual({ point, ...lake.expected() });
    }
  });

  test('gives the tables of an undisturbed one: new files', async () => {
    const lake = lakeOf('next');
    lake.put();
    await lake.update();
    lake.put();
    await crashEverywhere(lake, await pointsOf(lake), {});
  });

  test('gives the tables of an undisturbed one: full refresh, which the next update completes', async () => {
    const lake = lakeOf('refresh');
    lake.put();
    await lake.update();
    await crashEverywhere(lake, await pointsOf(lake, { fullRefresh: 'all' }), { fullRefresh: 'all' });
  });
});
