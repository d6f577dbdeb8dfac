import { formatDuration } from '../format';
import { type BoxLine, drawing } from '../graph/drawing';
import type { Html } from '../page/html';
import type { MachineStateView, MachineView } from './view';

/** The graph of a machine's own states with what the last execution did of them; those inside a Map or Parallel are told in its box. */
export function machinePicture({ name, states, transitions }: MachineView): Html {
  const own = states.filter(({ inside }) => inside === undefined);
  const drawn = transitions.filter(({ from, to }) => [from, to].every((state) => own.some((each) => each.name === state)));
  return drawing({
    of: 'machine',
    box: 'state',
    summary: `Graph of the state machine ${name}: ${own.length} states, ${drawn.length} transitions`,
    boxes: own.map((state) => ({ id: state.name, name: state.name, status: state.status, lines: linesOf(state, states) })),
    edges: drawn.map(({ from, to, caught }) => ({
      from,
      to,
      ...(caught !== undefined && { style: 'caught', label: caught }),
    })),
  });
}

function linesOf({ name, kind, status, entered, durationMs }: MachineStateView, all: readonly MachineStateView[]): BoxLine[] {
  const facts = [
    durationMs === undefined ? undefined : formatDuration(durationMs),
    entered > 1 ? `${entered} times` : undefined,
  ].filter((fact) => fact !== undefined);
  const inside = within(name, all);
  const current = inside.filter((state) => state.status === 'running').map((state) => state.name);
  return [
    { text: status === 'never' ? kind : `${kind} · ${status}`, style: 'kind' },
    { text: name, style: 'name' },
    ...(inside.length > 0 ? [{ text: current[0] ?? `${inside.length} states inside`, style: 'fact' } as const] : []),
    ...(facts.length > 0 ? [{ text: facts.join(' · '), style: 'fact' } as const] : []),
  ];
}

/** States inside a container, and inside those, the innermost last. */
function within(container: string, all: readonly MachineStateView[]): readonly MachineStateView[] {
  return all.filter(({ inside }) => inside === container).flatMap((state) => [...within(state.name, all), state]);
}
