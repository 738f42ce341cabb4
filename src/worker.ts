/** The queue process: takes jobs, sweeps, sends mail and releases answers. Any number of them may run. */
import { startProcess } from './bundle.js';

await startProcess('worker-process', () => import('./worker-process.js'));
