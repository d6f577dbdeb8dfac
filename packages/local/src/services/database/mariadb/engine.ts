import type { DatabaseServer } from '../engines';
import { makeAccount, unknownParameters } from './account';
import { withAdmin } from './admin';
import { findMariaDb } from './binaries';
import { chooseParameters } from './configuration';
import { mariaDbData } from './service';

/** MariaDB, in place of MySQL. */
export const mariaDbEngine: DatabaseServer = {
  version: (context) => findMariaDb(context.root).version,
  settle: (context, master, parameters) =>
    withAdmin(mariaDbData(context), async (connection) => {
      const { taken, left } = chooseParameters(parameters);
      const unknown = await unknownParameters(connection, Object.keys(taken));
      const reasons = Object.fromEntries(unknown.map((name) => [name, 'MariaDB has no such parameter']));
      return { changed: await makeAccount(connection, master), left: { ...left, ...reasons } };
    }),
};
