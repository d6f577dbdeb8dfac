import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { childEnvironment, type Environment, EXIT, LakewrightError } from '@lakewright/config';

/** A stack as synthesized: its name, its folder, and the stacks it reads from. */
export interface SynthesizedStack {
  readonly name: string;
  /** Absolute folder that holds cdk.tf.json. */
  readonly folder: string;
  readonly dependencies: readonly string[];
}

export interface SynthOptions {
  readonly root: string;
  /** Its name and systems decide what is synthesized. */
  readonly environment: Environment;
  /** Stand-in providers and scratch local state for a cloud environment. */
  readonly offline?: boolean;
  /** Folder of the output, absolute or relative to the root. @default cdktf.out */
  readonly outdir?: string;
}

/**
 * Synthesizes the stacks of an environment in a process of their own, as `cdktf synth` does, and lists them so that a stack
 * comes after those it depends on.
 *
 * @throws LakewrightError DEPLOY_SYNTH with the app's own message
 */
export async function synthesize(options: SynthOptions): Promise<SynthesizedStack[]> {
  const outdir = outputFolder(options);
  const child = spawn(process.execPath, [join(options.root, 'tooling/run.mjs'), 'main.ts'], {
    cwd: options.root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: childEnvironment({
      CDKTF_OUTDIR: outdir,
      // The states lie beside the output: another output is another deployment.
      LAKEWRIGHT_STATE: join(dirname(outdir), '.state'),
      LAKEWRIGHT_ENV: options.environment.name,
      LAKEWRIGHT_OFFLINE: options.offline ? '1' : undefined,
      LAKEWRIGHT_SYSTEMS: options.environment.systems.join(','),
    }),
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const code = await new Promise<number | null>((resolveCode, reject) => child.on('error', reject).on('close', resolveCode));
  if (code !== 0) {
    throw new LakewrightError('DEPLOY_SYNTH', `synth of ${options.environment.name} failed:\n${output.trim()}`, {
      exitCode: code === EXIT.usage ? EXIT.usage : EXIT.failed,
    });
  }
  return synthesizedStacks(options);
}

/** The stacks that an earlier synth left, in dependency order. */
export function synthesizedStacks(options: Pick<SynthOptions, 'root' | 'outdir'>): SynthesizedStack[] {
  const outdir = outputFolder(options);
  const file = join(outdir, 'manifest.json');
  if (!existsSync(file)) {
    throw new LakewrightError('DEPLOY_NOT_SYNTHESIZED', `there is no synthesized stack in ${options.outdir ?? 'cdktf.out'}`, {
      hint: 'npx cdktf synth, or leave --no-synth out',
      exitCode: EXIT.usage,
    });
  }
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as {
    stacks: Record<string, { name: string; workingDirectory: string; dependencies: string[] }>;
  };
  const stacks = Object.values(manifest.stacks).map((stack) => ({
    name: stack.name,
    folder: join(outdir, stack.workingDirectory),
    dependencies: stack.dependencies,
  }));
  return inDependencyOrder(stacks);
}

/** The types of the resources that a synthesized stack has. */
export function synthesizedTypes({ folder }: Pick<SynthesizedStack, 'folder'>): readonly string[] {
  const { resource = {} } = JSON.parse(readFileSync(join(folder, 'cdk.tf.json'), 'utf8')) as { resource?: object };
  return Object.keys(resource);
}

function outputFolder(options: Pick<SynthOptions, 'root' | 'outdir'>): string {
  const outdir = options.outdir ?? 'cdktf.out';
  return isAbsolute(outdir) ? outdir : resolve(options.root, outdir);
}

function inDependencyOrder(stacks: readonly SynthesizedStack[]): SynthesizedStack[] {
  const ordered: SynthesizedStack[] = [];
  const visit = (stack: SynthesizedStack) => {
    if (ordered.includes(stack)) return;
    for (const name of stack.dependencies) {
      const dependency = stacks.find((candidate) => candidate.name === name);
      if (dependency) visit(dependency);
    }
    ordered.push(stack);
  };
  for (const stack of [...stacks].sort((a, b) => a.name.localeCompare(b.name))) visit(stack);
  return ordered;
}
