import { random } from '../../../test/support/random';
import { nextFire } from '../src';

const at = (text: string) => Date.parse(text);
const next = (cron: string, after: string, timezone = 'UTC') => {
  const due = nextFire({ cron, timezone }, at(after));
  return due === undefined ? undefined : new Date(due).toISOString();
};

// Expressions and their meaning as the tutorial of Quartz has them; 1 is Sunday there.
test.each<[string, string, string, string]>([
  ['0 0 12 * * ?', '2026-06-01T12:00:00Z', '2026-06-02T12:00:00.000Z', 'UTC'],
  ['0 15 10 ? * *', '2026-06-01T00:00:00Z', '2026-06-01T10:15:00.000Z', 'UTC'],
  ['0 0/5 14 * * ?', '2026-06-01T14:57:00Z', '2026-06-02T14:00:00.000Z', 'UTC'],
  ['0 7/20 * * * ?', '2026-06-01T14:08:00Z', '2026-06-01T14:27:00.000Z', 'UTC'],
  ['0 10,44 14 ? 3 WED', '2026-03-04T14:10:00Z', '2026-03-04T14:44:00.000Z', 'UTC'],
  ['0 15 10 ? * MON-FRI', '2026-06-05T11:00:00Z', '2026-06-08T10:15:00.000Z', 'UTC'],
  ['0 15 10 ? * 2-6', '2026-06-05T11:00:00Z', '2026-06-08T10:15:00.000Z', 'UTC'],
  ['0 15 10 ? * 1', '2026-06-05T11:00:00Z', '2026-06-07T10:15:00.000Z', 'UTC'],
  ['0 15 10 15 * ?', '2026-06-16T00:00:00Z', '2026-07-15T10:15:00.000Z', 'UTC'],
  ['0 15 10 L * ?', '2026-02-01T00:00:00Z', '2026-02-28T10:15:00.000Z', 'UTC'],
  ['0 15 10 ? * 6L', '2026-06-01T00:00:00Z', '2026-06-26T10:15:00.000Z', 'UTC'],
  ['0 15 10 ? * 6#3', '2026-06-01T00:00:00Z', '2026-06-19T10:15:00.000Z', 'UTC'],
  ['0 15 10 15W * ?', '2026-08-01T00:00:00Z', '2026-08-14T10:15:00.000Z', 'UTC'],
  ['0 0 12 1/5 * ?', '2026-06-02T00:00:00Z', '2026-06-06T12:00:00.000Z', 'UTC'],
  ['0 11 11 11 11 ? 2026-2027', '2026-12-01T00:00:00Z', '2027-11-11T11:11:00.000Z', 'UTC'],
  ['0 0 6 * * ?', '2026-06-01T00:00:00Z', '2026-06-01T04:00:00.000Z', 'Europe/Zurich'],
  ['0 0 6 * * ?', '2026-01-01T00:00:00Z', '2026-01-01T05:00:00.000Z', 'Europe/Zurich'],
])('%s after %s is due at %s', (cron, after, due, timezone) => {
  expect(next(cron, after, timezone)).toBe(due);
});

test('an expression whose time is over is never due again', () => {
  expect(next('0 0 0 1 1 ? 2020', '2026-06-01T00:00:00Z')).toBeUndefined();
});

test.each<[string, string, string]>([
  ['0 0 6 * *', 'six fields or seven', 'UTC'],
  ['0 0 6 * * *', 'must be "?"', 'UTC'],
  ['0 0 6 ? * ?', 'must be "?"', 'UTC'],
  ['0 0 6 ? * FRI-MON', 'is not read here', 'UTC'],
  ['0 0 22-2 * * ?', 'is not read here', 'UTC'],
  ['0 0 6 L-3 * ?', 'is not read here', 'UTC'],
  ['0 0 6 ? * 0', 'is not read here', 'UTC'],
  ['61 0 6 * * ?', 'is not read here', 'UTC'],
  ['0 0 6 * * ?', '"Europe/Nowhere" is no time zone', 'Europe/Nowhere'],
])('refused: %s', (cron, why, timezone) => {
  expect(() => nextFire({ cron, timezone }, 0)).toThrow(expect.objectContaining({ code: 'JOB_SCHEDULE' }));
  expect(() => nextFire({ cron, timezone }, 0)).toThrow(why);
});

test('random expressions of lists, ranges and steps, against counting minutes one by one', () => {
  const draw = random(6);
  const whole = (least: number, most: number) => least + draw(most - least + 1);
  /** A field as text, and the numbers that it stands for. */
  const field = (least: number, most: number): readonly [string, readonly number[]] => {
    const all = Array.from({ length: most - least + 1 }, (_, index) => least + index);
    const [a, b] = [whole(least, most), whole(least, most)].sort((x, y) => x - y) as [number, number];
    const step = whole(1, most - least);
    switch (whole(0, 4)) {
      case 0:
        return ['*', all];
      case 1:
        return [`${a},${b}`, [a, b]];
      case 2:
        return [`${a}-${b}`, all.filter((n) => n >= a && n <= b)];
      case 3:
        return [`${a}/${step}`, all.filter((n) => n >= a && (n - a) % step === 0)];
      default:
        return [`${a}-${b}/${step}`, all.filter((n) => n >= a && n <= b && (n - a) % step === 0)];
    }
  };
  const begin = at('2026-06-01T00:00:00Z');
  const end = begin + 40 * 86_400_000;
  let due = 0;
  for (let round = 0; round < 150; round++) {
    const [minute, minutes] = field(0, 59);
    const [hour, hours] = field(0, 23);
    const ofWeek = draw(2) === 0;
    const [day, days] = ofWeek ? field(1, 7) : field(1, 28);
    const cron = `0 ${minute} ${hour} ${ofWeek ? `? * ${day}` : `${day} * ?`}`;
    const after = begin + whole(0, 10 * 1440) * 60_000;
    let expected: number | undefined;
    for (let time = after + 60_000; time < end && expected === undefined; time += 60_000) {
      const date = new Date(time);
      const dayHolds = days.includes(ofWeek ? date.getUTCDay() + 1 : date.getUTCDate());
      if (dayHolds && hours.includes(date.getUTCHours()) && minutes.includes(date.getUTCMinutes())) expected = time;
    }
    if (expected === undefined) continue;
    due += 1;
    expect([cron, nextFire({ cron, timezone: 'UTC' }, after)]).toEqual([cron, expected]);
  }
  expect(due).toBeGreaterThan(100);
});
