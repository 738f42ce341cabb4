import { describe, expect, it } from '@jest/globals';
import { WINDOWS_ZONES, windowsZone } from './windows-zones.js';

describe('zones as Windows calls them', () => {
  it.each([
    ['W. Europe Standard Time', 'Europe/Berlin'],
    ['W. Central Africa Standard Time', 'Africa/Lagos'],
    ['Romance Standard Time', 'Europe/Paris'],
    ['romance standard time', 'Europe/Paris'],
    ['GMT Standard Time', 'Europe/London'],
    ['FLE Standard Time', 'Europe/Kyiv'],
    ['Central Standard Time', 'America/Chicago'],
    ['Central Standard Time (Mexico)', 'America/Mexico_City'],
    ['Russia Time Zone 3', 'Europe/Samara'],
    ['UTC-08', 'Etc/GMT+8'],
  ])('%s', (name, zone) => {
    expect(windowsZone(name)).toBe(zone);
  });

  it.each(['Custom', '', 'Standard Time', 'constructor', 'Europe/Berlin'])('not %j', (name) => {
    expect(windowsZone(name)).toBeUndefined();
  });

  it('are zones that the runtime knows, all of them', () => {
    expect(WINDOWS_ZONES.size).toBe(138);
    for (const timeZone of WINDOWS_ZONES.values())
      expect(new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone).not.toBe('');
  });
});
