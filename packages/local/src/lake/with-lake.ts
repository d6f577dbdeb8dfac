import { connectEngine } from '@lakewright/lakeflow/engine';
import { Lakehouse } from '@lakewright/lakeflow/lakehouse';
import type { LocalContext } from '../context';

/** Opens the whole lake for as long as the action takes, in a session of its own. */
export async function withLake<T>(context: LocalContext, action: (lake: Lakehouse) => Promise<T>): Promise<T> {
  const engine = await connectEngine({ port: context.ports.engine });
  try {
    return await action(new Lakehouse({ root: context.paths.lake, engine }));
  } finally {
    await engine.close();
  }
}
