/** Tells what a step is doing; the last text is what it did. With numbers, how far it is. */
export type Note = (text: string, done?: number, total?: number) => void;

/** Told of what a workflow does. The command line shows it; a program may show it elsewhere, or nowhere (`silent`). */
export interface Progress {
  /** Runs a step, begun with the call and ended with the promise; what the step throws is thrown on. */
  step<T>(name: string, action: (note: Note) => Promise<T>): Promise<T>;
  /** Something worth knowing, between steps or within one. */
  notice(text: string): void;
}

/** Tells nobody. */
export const silent: Progress = {
  step: (_name, action) => action(() => {}),
  notice: () => {},
};
