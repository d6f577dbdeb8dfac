/** Commands of a page and what they must print. */
export interface TutorialStep {
  /** The heading it stands below. */
  readonly heading: string;
  /** A block of shell lines. */
  readonly commands: string;
  /** Lines of the `text` block that follows; each must be part of what the commands print, in this order. */
  readonly expected: readonly string[];
}

/** The `sh` blocks of a Markdown page, each with the `text` block that follows it before the next one. */
export function tutorialSteps(page: string): TutorialStep[] {
  const steps: TutorialStep[] = [];
  let heading = '';
  for (const [, title, language, body] of page.matchAll(/^## (.+)$|^```(\w+)\n([\s\S]*?)^```$/gm)) {
    const last = steps.at(-1);
    if (title) heading = title;
    else if (language === 'sh') steps.push({ heading, commands: body!, expected: [] });
    else if (language === 'text' && last) steps[steps.length - 1] = { ...last, expected: body!.trimEnd().split('\n') };
  }
  return steps;
}

/** The first expected line that does not come after those before it, with spaces taken as one; undefined when all do. */
export function missingLine(output: string, expected: readonly string[]): string | undefined {
  const text = output.replaceAll(/[ \t]+/g, ' ');
  let from = 0;
  for (const line of expected) {
    const wanted = line.trim().replaceAll(/[ \t]+/g, ' ');
    const at = text.indexOf(wanted, from);
    if (at < 0) return line;
    from = at + wanted.length;
  }
  return undefined;
}
