import { connectEngine, type SqlEngine } from '@lakewright/lakeflow/engine';
import { Lakehouse } from '@lakewright/lakeflow/lakehouse';
import type { LocalContext } from '../context';

/** Opens a session of the engine for as long as the action takes; the signal interrupts what it is at, and refuses what would come next. */
export async function withEngine<T>(
  context: LocalContext,
  action: (engine: SqlEngine) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const engine = await connectEngine({ port: context.ports.engine });
  const end = () => void engine.close();
  signal?.addEventListener('abort', end, { once: true });
  try {
    signal?.throwIfAborted();
    return await action(engine);
  } finally {
    signal?.removeEventListener('abort', end);
    await engine.close();
  }
}

/** Opens the whole lake for as long as the action takes, in a session of its own. */
export function withLake<T>(context: LocalContext, action: (lake: Lakehouse) => Promise<T>): Promise<T> {
  return withEngine(context, (engine) => action(new Lakehouse({ root: context.paths.lake, engine })));
}
