import { readSettings, type Settings } from './config.js';
import { expectDataFolder } from './data-folder.js';
import { expectKnownKey } from './operations/known-key.connection.js';
import { giveUp, StartRefused } from './starting.js';

/**
 * The settings of a process, once all that it needs before its first write is there: its folder, its database, and the key
 * by which that was written. Where one is wrong the process ends, and says which.
 */
export async function settingsAtStart(): Promise<Settings> {
  try {
    const outcome = readSettings(process.env);
    if (!outcome.ok) throw new StartRefused(outcome.problems.join('\n'));
    expectDataFolder(outcome.settings.DATA_DIR);
    await expectKnownKey(outcome.settings);
    return outcome.settings;
  } catch (error) {
    return giveUp(error);
  }
}
