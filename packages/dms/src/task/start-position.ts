import { invalid } from '../errors';
import { type Position, positionText } from '../source/event';

/**
 * Reads a `CdcStartPosition`: the native `mysql-bin-changelog.000024:373`, or a recovery checkpoint.
 *
 * Source: AWS DMS User Guide, "Creating tasks for ongoing replication using AWS DMS", section "Performing replication starting from a
 * CDC start point".
 *
 * @throws Fault InvalidParameterValueException
 */
export function parsePosition(text: string): Position {
  const native = /^checkpoint:V1#\d+#(?<place>[^#]+)/.exec(text)?.groups?.['place'] ?? text;
  const [, file, offset] = /^([^:\s]+\.\d+):(\d+)(?::|$)/.exec(native) ?? [];
  if (!file) throw invalid(`CdcStartPosition: '${text}' is neither file:position nor a recovery checkpoint`);
  return { file, offset: Number(offset) };
}

/** A checkpoint as `RecoveryCheckpoint` shows it; `parsePosition` reads it again. */
export function checkpointText(position: Position): string {
  const place = positionText(position);
  return `checkpoint:V1#1#${place}:-1:${position.offset}:0:${place}#0#0#*#0#0`;
}
