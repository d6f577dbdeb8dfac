import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Events in the order in which they happened, one JSON document a line. Writers may be several; nothing is ever changed. */
export class Journal<Event> {
  constructor(private readonly file: string) {}

  append(...events: readonly Event[]): void {
    if (events.length === 0) return;
    mkdirSync(dirname(this.file), { recursive: true });
    appendFileSync(this.file, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  }

  /** Every event; a line that a kill cut off is none. */
  read(): readonly Event[] {
    if (!existsSync(this.file)) return [];
    return readFileSync(this.file, 'utf8')
      .split('\n')
      .flatMap(parsed<Event>);
  }
}

function parsed<Event>(line: string): readonly Event[] {
  if (line === '') return [];
  try {
    return [JSON.parse(line) as Event];
  } catch {
    return [];
  }
}
