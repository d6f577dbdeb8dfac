export { type Definition, readDefinition } from './definition';
export type { StatusFact } from './page/shell';
export { type RunQuery, renderDashboard, WIDGET_TYPES } from './render';
export {
  createDashboardServer,
  type DashboardServer,
  type DashboardServerOptions,
  type DashboardSource,
  startDashboardServer,
} from './server';
export type { DashboardView, PageView, TableView, WidgetContent, WidgetView } from './view';
