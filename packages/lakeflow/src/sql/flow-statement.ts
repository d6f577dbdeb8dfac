import type { SourceLocation } from '@lakewright/config';
import type { AppendFlow, AutoCdcFlow } from './ast';
import { parseAutoCdc } from './auto-cdc';
import type { Cursor } from './cursor';
import { parseString } from './literals';
import { parseQualifiedName } from './names';
import { parseQuery } from './query';
import { unsupported } from './syntax-error';

/** "CREATE FLOW (pipelines)", docs.databricks.com; the cursor stands after FLOW. */
export function parseFlow(cursor: Cursor, location: SourceLocation): AutoCdcFlow | AppendFlow {
  const name = parseQualifiedName(cursor, 'the name of the flow');
  if (cursor.acceptKeywords('COMMENT')) parseString(cursor, 'the text of the comment');
  cursor.expectKeywords('AS');
  if (cursor.isKeywords('AUTO') || cursor.isKeywords('APPLY')) return { ...parseCdcFlow(cursor, location), name };
  refuseReplace(cursor);
  if (!cursor.isKeywords('INSERT')) throw cursor.unexpected('AUTO CDC INTO or INSERT INTO', cursor.current, ['AUTO', 'INSERT']);
  cursor.expectKeywords('INSERT');
  const early = cursor.acceptKeywords('ONCE');
  cursor.expectKeywords('INTO');
  // Databricks documented INSERT INTO ONCE first, and INSERT ONCE INTO since 2025.
  const once = early || atOnce(cursor);
  const target = parseQualifiedName(cursor, 'the target of the flow');
  cursor.expectKeywords('BY', 'NAME');
  refuseReplace(cursor);
  return { kind: 'append_flow', name, target, query: parseQuery(cursor), ...(once && { once: true as const }), location };
}

/** The older statement, which gives a flow of the target's name: "APPLY CHANGES INTO", docs.databricks.com. */
export function parseApplyChanges(cursor: Cursor): AutoCdcFlow {
  return parseCdcFlow(cursor, cursor.current.location);
}

function parseCdcFlow(cursor: Cursor, location: SourceLocation): AutoCdcFlow {
  const isOlder = cursor.acceptKeywords('APPLY');
  if (isOlder) cursor.expectKeywords('CHANGES');
  else cursor.expectKeywords('AUTO', 'CDC');
  const once = !isOlder && cursor.acceptKeywords('ONCE') ? { once: true as const } : {};
  cursor.expectKeywords('INTO');
  const target = parseQualifiedName(cursor, 'the target of the flow');
  return { kind: 'auto_cdc_flow', name: target, target, cdc: parseAutoCdc(cursor, location, once), ...once, location };
}

/** What a flow may also be on Databricks. */
export function refuseReplace(cursor: Cursor): void {
  if (!cursor.isKeywords('REPLACE')) return;
  const hint = 'append with INSERT, or write a materialized view';
  throw unsupported(cursor.current.location, `REPLACE ${cursor.peek().text.toUpperCase()} flows are not supported yet`, hint);
}

/** `ONCE` before a target; a target may be called once. */
function atOnce(cursor: Cursor): boolean {
  const isWord = cursor.isKeywords('ONCE') && cursor.peek().keyword !== 'BY' && !cursor.isSymbol('.', 1);
  return isWord && cursor.acceptKeywords('ONCE');
}
