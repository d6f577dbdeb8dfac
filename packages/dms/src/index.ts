export { type DmsOptions, startDms } from './dms';
export { parsePosition } from './task/start-position';
