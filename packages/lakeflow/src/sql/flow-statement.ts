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
  refuseOtherFlow(cursor);
  if (!cursor.isKeywords('INSERT')) throw cursor.unexpected('AUTO CDC INTO or INSERT INTO', cursor.current, ['AUTO', 'INSERT']);
  cursor.expectKeywords('INSERT', 'INTO');
  refuseOnce(cursor);
  const target = parseQualifiedName(cursor, 'the target of the flow');
  cursor.expectKeywords('BY', 'NAME');
  return { kind: 'append_flow', name, target, query: parseQuery(cursor), location };
}

/** The older statement, which gives a flow of the target's name: "APPLY CHANGES INTO", docs.databricks.com. */
export function parseApplyChanges(cursor: Cursor): AutoCdcFlow {
  return parseCdcFlow(cursor, cursor.current.location);
}

function parseCdcFlow(cursor: Cursor, location: SourceLocation): AutoCdcFlow {
  if (cursor.acceptKeywords('APPLY')) cursor.expectKeywords('CHANGES', 'INTO');
  else cursor.expectKeywords('AUTO', 'CDC', 'INTO');
  const target = parseQualifiedName(cursor, 'the target of the flow');
  return { kind: 'auto_cdc_flow', name: target, target, cdc: parseAutoCdc(cursor, location), location };
}

/** What a flow may also be on Databricks. */
export function refuseOtherFlow(cursor: Cursor): void {
  if (cursor.isKeywords('REPLACE')) {
    const hint = 'append with INSERT, or write a materialized view';
    throw unsupported(cursor.current.location, 'REPLACE WHERE flows are not supported yet', hint);
  }
  if (cursor.isKeywords('INSERT', 'ONCE')) {
    cursor.next();
    refuseOnce(cursor);
  }
}

function refuseOnce(cursor: Cursor): void {
  if (!cursor.isKeywords('ONCE')) return;
  throw unsupported(
    cursor.current.location,
    'flows that run ONCE are not supported yet',
    'make the backfill a source of files that the streaming flow reads',
  );
}
