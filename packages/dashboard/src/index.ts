export { type Definition, readDefinition } from './definition';
export type { JobRunStatus, JobRunView, JobView, TaskStatus, TaskView } from './job/view';
export type {
  ExecutionStatus,
  ExecutionView,
  MachineStateStatus,
  MachineStateView,
  MachineView,
  TransitionView,
} from './machine/view';
export type { StatusFact } from './page/shell';
export type { DatasetView, ExpectationView, PipelineView, UpdateView } from './pipeline/view';
export { type RunQuery, renderDashboard, WIDGET_TYPES } from './render';
export {
  createDashboardServer,
  type DashboardServer,
  type DashboardServerOptions,
  type DashboardSource,
  type JobSource,
  type MachineSource,
  type PipelineSource,
  startDashboardServer,
} from './server';
export type { DashboardView, PageView, TableView, WidgetContent, WidgetView } from './view';
