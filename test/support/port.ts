export { freePort } from '../../demo/port.ts';
