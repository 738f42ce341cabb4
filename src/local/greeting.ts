export interface Greeting {
  readonly address: string;
  /** Undefined when mail goes to a real relay. */
  readonly mailbox: string | undefined;
  /** Where mail comes in; undefined when nobody listens. */
  readonly inbound: number | undefined;
  readonly signIn: { readonly link: string; readonly email: string } | undefined;
  readonly dataDir: string;
}

/** What `npm start` says when everything runs. */
export function greeting({ address, mailbox, inbound, signIn, dataDir }: Greeting): string {
  const where = mailbox === undefined ? 'your own mailbox' : 'the mailbox';
  return [
    '',
    'Come Together is running.',
    '',
    `  Address   ${address}`,
    ...(mailbox === undefined ? [] : [`  Mailbox   ${mailbox}  (every mail it would send)`]),
    ...(inbound === undefined ? [] : [`  Mail in   port ${String(inbound)}  (answers of calendars, over SMTP)`]),
    signIn === undefined
      ? `  Sign in   ${address}/sign-in`
      : `  Sign in   ${signIn.link}  (as ${signIn.email}; once, within half an hour; then by mail from ${address}/sign-in)`,
    '',
    'Three things to try:',
    `  1. Say that you are interested: ${address}/get-involved, then confirm in ${where}.`,
    `  2. Sign in and announce a meeting: ${address}/console/meetings/new`,
    `  3. Answer the invitation that arrives in ${where}, or add it to your calendar.`,
    '',
    `Data and logs are in ${dataDir}. Ctrl-C ends everything.`,
    '',
  ].join('\n');
}
