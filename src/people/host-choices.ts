import type { Id } from '../../libs/privacy/ids.js';
import type { Reader } from '../../libs/web/reader.js';
import type { Host } from './people.service.js';

/** Hosts as a form offers them: by role and place or mandate, never by name; whoever reads is the first of them, as "you". */
export const hostChoices = ({ t }: Reader, reading: Id, hosts: readonly Host[]): { value: Id; label: string }[] => [
  { value: reading, label: t('console.meetings.host.you') },
  ...hosts
    .filter(({ contact }) => contact !== reading)
    .map(({ contact, role, label }) => ({
      value: contact,
      label: [t(`console.meetings.role.${role}`), label].filter((part) => part !== '').join(': '),
    })),
];
