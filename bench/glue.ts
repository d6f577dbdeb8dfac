import { awsEndpoint, ensureServices, requireGlueSpark } from '@lakewright/local';
import { testHome } from '../packages/local/test/support/home';
import { type Benchmark, type BenchOptions, MissingRival } from './support/benchmark';
import { hasJava } from './support/engines';
import { type GlueLake, type JobName, openGlueLake, type Target } from './support/glue-lake';
import { type Cost, typical } from './support/measure';
import { ratio, seconds } from './support/report';

const ROWS = 1_000_000;
const SMALL = 1_000;
const NOTHING = 0;

/** Jobs of a Hudi lake on a warm Spark, against the same files each with a Spark of its own. */
export const glue: Benchmark = {
  name: 'glue',
  title: 'Glue jobs: a warm Spark, and one for each job',
  async run({ folder, events = ROWS, rounds = 1, note }: BenchOptions) {
    if (!hasJava()) throw new MissingRival('Apache Spark needs Java 17, and none is on PATH');
    const home = await testHome();
    try {
      const spark = await requireGlueSpark(home.root);
      await ensureServices(home, { services: ['ministack'] });
      const lake = await openGlueLake(folder, { ...awsEndpoint(home), spark, root: home.root });
      const sizes = [SMALL, Math.round(events / 10), events];
      for (const rows of sizes) await lake.writeBronze(rows);
      const costs = new Costs(note);
      for (let round = 0; round < rounds; round += 1) {
        const rivals = [() => ours(lake, sizes, costs), () => theirs(lake, [SMALL, events], costs)];
        for (const rival of round % 2 === 0 ? rivals : rivals.reverse()) await rival();
      }
      return findings(costs, sizes, events);
    } finally {
      await home.dispose();
    }
  },
};

/** What was measured, by what it was. */
class Costs {
  private readonly all = new Map<string, Cost[]>();

  constructor(private readonly note: (text: string) => void) {}

  add(what: string, cost: Cost): void {
    this.all.set(what, [...this.of(what), cost]);
    this.note(`${what}: ${seconds(cost.seconds)}`);
  }

  of(what: string): readonly Cost[] {
    return this.all.get(what) ?? [];
  }

  lines() {
    return [...this.all].map(([what, runs]) => ({ what, runs }));
  }
}

const rowsOf = (rows: number) => `${rows.toLocaleString('en')} rows`;
const labels = {
  cold: 'warm Spark: the first job, which starts it',
  job: (side: 'warm Spark' | 'own Spark', job: JobName, rows: number) =>
    ({
      nothing: `${side}: a job that does nothing`,
      full_load: `${side}: full load, ${rowsOf(rows)}`,
      cdc: `${side}: changes of a tenth, ${rowsOf(rows)}`,
    })[job],
};

async function ours(lake: GlueLake, sizes: readonly number[], costs: Costs): Promise<void> {
  const session = await lake.startSession();
  try {
    costs.add(labels.cold, await session.run('nothing', NOTHING));
    // What Hudi loads with its first table belongs to no size.
    for (const [job, what] of [
      ['full_load', 'full load'],
      ['cdc', 'changes'],
    ] as const)
      costs.add(`warm Spark: the first ${what} of a session, 1,000 rows`, await session.run(job, SMALL));
    await each('warm Spark', session, sizes, costs);
  } finally {
    await session.stop();
  }
}

async function theirs(lake: GlueLake, sizes: readonly number[], costs: Costs): Promise<void> {
  await each('own Spark', lake.ownSparks(), sizes, costs);
}

async function each(side: 'warm Spark' | 'own Spark', target: Target, sizes: readonly number[], costs: Costs): Promise<void> {
  costs.add(labels.job(side, 'nothing', NOTHING), await target.run('nothing', NOTHING));
  for (const rows of sizes) {
    for (const job of ['full_load', 'cdc'] as const) costs.add(labels.job(side, job, rows), await target.run(job, rows));
  }
}

function findings(costs: Costs, sizes: readonly number[], most: number) {
  const warm = (job: JobName, rows: number) => costs.of(labels.job('warm Spark', job, rows));
  const own = (job: JobName, rows: number) => costs.of(labels.job('own Spark', job, rows));
  const compared = ([what, job, rows]: readonly [string, JobName, number]) => ({
    what: `own Spark to warm Spark: ${what}`,
    value: ratio(own(job, rows), warm(job, rows)).text,
  });
  const perRow = (job: JobName, rows: number) => {
    const micros = (typical(warm(job, most)).seconds / rows) * 1e6;
    return `${Number(micros.toPrecision(2))} µs`;
  };
  return {
    about:
      `The job files of apps/certifications (a silver table from a full load, then changes of a tenth of its rows) over S3 of the local AWS API, ` +
      `tables of ${sizes.map((rows) => rows.toLocaleString('en')).join(', ')} rows and seven columns, Spark 3.5.6 with Hudi 1.0.2 and 2 GB of heap. ` +
      'A job with a warm Spark is started and waited for by the API of Glue; the rival is `spark-submit job.py` with the same settings, which ' +
      'starts a Spark of its own. Memory is the most at once of everything: JVM, Python, the local AWS API, the benchmark.',
    lines: costs.lines(),
    verdicts: [
      compared(['a job that does nothing', 'nothing', NOTHING]),
      compared(['full load of 1,000 rows', 'full_load', SMALL]),
      compared(['changes of a tenth of 1,000 rows', 'cdc', SMALL]),
      compared([`full load of ${rowsOf(most)}`, 'full_load', most]),
      compared([`changes of a tenth of ${rowsOf(most)}`, 'cdc', most]),
      { what: 'warm Spark: full load of the largest table, by the clock for each row', value: perRow('full_load', most) },
      { what: 'warm Spark: changes of the largest table, by the clock for each change', value: perRow('cdc', most / 10) },
    ],
  };
}
