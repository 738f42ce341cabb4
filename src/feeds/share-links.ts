/** What is told to others: one line, and a text whose last line is the address. */
export interface ToShare {
  readonly subject: string;
  readonly lines: readonly string[];
}

export interface ShareLinks {
  /** A mail that is written already; to whom, one's own mail program asks. */
  readonly mail: string;
  readonly whatsApp: string;
}

/** Plain links: whoever follows none of them is seen by nobody. */
export const shareLinks = ({ subject, lines }: ToShare): ShareLinks => ({
  // Lines of a mailto end so (RFC 6068 5).
  mail: `mailto:?subject=${encoded(subject)}&body=${encoded(lines.join('\r\n'))}`,
  whatsApp: `https://wa.me/?text=${encoded(lines.join('\n'))}`,
});

const encoded = (text: string): string => encodeURIComponent(text.toWellFormed());
