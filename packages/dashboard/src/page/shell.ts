import { type Html, html } from './html';

/** One fact about the running system: "Last update", "2 minutes ago". */
export interface StatusFact {
  readonly label: string;
  readonly value: string;
}

export interface ShellProps {
  readonly title: string;
  readonly body: Html;
  /** Lets the page's own `<style>` through the content security policy. */
  readonly nonce: string;
  readonly style?: Html;
  readonly scripts?: readonly string[];
}

/** The document around every page. */
export function shell({ title, body, nonce, style, scripts = [] }: ShellProps): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Lakewright</title>
<link rel="icon" href="/assets/icon.svg">
<link rel="stylesheet" href="/assets/dashboard.css">
${style ? html`<style nonce="${nonce}">${style}</style>` : undefined}
${scripts.map((source) => html`<script src="${source}" defer></script>\n`)}
</head>
<body>
<a class="skip" href="#content">Skip to content</a>
${body}
</body>
</html>
`.text;
}

/** Facts as a row of small terms. */
export function statusList(facts: readonly StatusFact[]): Html | undefined {
  if (facts.length === 0) return undefined;
  return html`<dl class="status">${facts.map(({ label, value }) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** A page that says what went wrong and where to go on. */
export function messagePage(nonce: string, title: string, message: string): string {
  const body = html`<main id="content" class="message"><h1>${title}</h1><p>${message}</p><p><a href="/">All pages</a></p></main>`;
  return shell({ title, body, nonce });
}
