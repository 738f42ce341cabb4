import { cleanLine } from './content-lines.js';

export interface SubscribeLinks {
  /** For whatever calendar the device has. */
  readonly webcal: string;
  readonly google: string;
  /** outlook.com, for people */
  readonly outlook: string;
  /** Microsoft 365, for organisations */
  readonly office365: string;
}

/**
 * Ways to subscribe to a feed; whoever follows one is asked there before anything is added.
 * @param address of the feed, http or https
 */
export function subscribeLinks(address: string, name: string): SubscribeLinks {
  const webcal = address.replace(/^https?:/, 'webcal:');
  // Outlook on the web takes nothing but the true address; Google asks for one by its kind.
  const add = `calendar/0/addfromweb?url=${encodeURIComponent(address)}&name=${encodeURIComponent(cleanLine(name))}`;
  return {
    webcal,
    google: `https://calendar.google.com/calendar/r?cid=${encodeURIComponent(webcal)}`,
    outlook: `https://outlook.live.com/${add}`,
    office365: `https://outlook.office.com/${add}`,
  };
}
