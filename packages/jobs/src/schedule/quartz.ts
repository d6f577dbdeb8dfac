import { LakewrightError } from '@lakewright/config';
import { Cron } from 'croner';

/** A schedule as Databricks has it: a Quartz cron expression and the time zone that it is read in. */
export interface QuartzSchedule {
  readonly cron: string;
  readonly timezone: string;
}

const FIELDS = { dayOfMonth: 3, dayOfWeek: 5 };

/**
 * The first time after `after` at which a schedule is due, in milliseconds since 1970; undefined when it never is again.
 * croner reads the expression in Quartz's own numbering (Sunday is 1); what it does not read is refused: ranges that wrap (`FRI-MON`,
 * `22-2`), days before the last of the month (`L-3`), and a lone `L` as day of the week.
 * Source: docs.databricks.com, "Automating jobs with schedules and triggers"; quartz-scheduler.org, "CronTrigger Tutorial".
 *
 * @throws LakewrightError JOB_SCHEDULE
 */
export function nextFire({ cron, timezone }: QuartzSchedule, after: number): number | undefined {
  const fields = cron.trim().split(/\s+/);
  if (fields.length < 6 || fields.length > 7) throw refused(cron, 'it must have six fields or seven, seconds first');
  const open = [fields[FIELDS.dayOfMonth], fields[FIELDS.dayOfWeek]].filter((field) => field === '?');
  if (open.length !== 1) throw refused(cron, 'one of day of month and day of week must be "?", and not both');
  requireTimezone(timezone);
  try {
    const options = { paused: true, timezone, mode: '6-or-7-parts', alternativeWeekdays: true, sloppyRanges: true } as const;
    return new Cron(fields.join(' '), options).nextRun(new Date(after))?.getTime();
  } catch (error) {
    throw refused(cron, `it is not read here: ${(error as Error).message.replace(/^CronPattern: /, '')}`);
  }
}

function requireTimezone(timezone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
  } catch (cause) {
    throw new LakewrightError('JOB_SCHEDULE', `"${timezone}" is no time zone`, { hint: 'UTC, or Europe/Zurich', cause });
  }
}

function refused(cron: string, why: string): LakewrightError {
  return new LakewrightError('JOB_SCHEDULE', `"${cron}" cannot be scheduled: ${why}`, {
    hint: '0 0 6 ? * MON-FRI is six in the morning of weekdays',
  });
}
