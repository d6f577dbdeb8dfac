import type { Action } from './action';
import { CONNECTION_ACTIONS } from './connection-actions';
import { RESOURCE_ACTIONS } from './resource-actions';
import { TASK_ACTIONS } from './task-actions';

/** Every action of the DMS API that there is here, by its name. */
export const ACTIONS: Readonly<Record<string, Action>> = { ...RESOURCE_ACTIONS, ...TASK_ACTIONS, ...CONNECTION_ACTIONS };
