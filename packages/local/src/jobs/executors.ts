import { appendFileSync, readFileSync } from 'node:fs';
import type { Executors } from '@lakewright/jobs';
import { splitStatements } from '@lakewright/lakeflow/dialect';
import { bindMarkers } from '@lakewright/lakeflow/sql';
import type { LocalContext } from '../context';
import { queryAll } from '../lake/lake';
import { runPipeline } from '../runs/pipeline-run';
import { workspaceFile } from '../workspace/files';
import { runPythonTask } from './python-task';

/** What does the work of the tasks of jobs on this machine, each as the principal that the job runs as. */
export function localExecutors(context: LocalContext): Executors {
  return {
    python: (action, execution) => runPythonTask(context, action, execution),

    pipeline: async ({ pipeline, fullRefresh }, { run, runAs, signal, logFile, onStep }) => {
      const { update } = await runPipeline(context, pipeline, {
        ...(fullRefresh && { fullRefresh: 'all' }),
        ...(runAs !== undefined && { principal: runAs }),
        runId: run,
        signal,
        onStep: (step) => {
          appendFileSync(logFile, `${step}\n`);
          onStep(step);
        },
      });
      return { detail: `update ${update.update}` };
    },

    sql: async ({ file, parameters }, { runAs, signal, logFile, onStep }) => {
      const text = readFileSync(workspaceFile(context.paths, file), 'utf8');
      const statements = splitStatements(bindMarkers({ path: file, text }, parameters), file);
      let done = 0;
      const tell = (rows: number) => {
        done += 1;
        appendFileSync(logFile, `statement ${done}: ${rows} rows\n`);
        onStep(`${done} of ${statements.length} statements`);
      };
      const options = { signal, ...(runAs !== undefined && { principal: runAs }) };
      await queryAll(context, statements, ({ rows }) => tell(rows.length), options);
      return { detail: `${done} ${done === 1 ? 'statement' : 'statements'}` };
    },
  };
}
