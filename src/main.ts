/** The web process: pages, JSON and health. Any number of them may run. */
import { startProcess } from './bundle.js';

await startProcess('web-process', () => import('./web-process.js'));
