import type { ComponentChildren, VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { Reader } from './reader.js';

/** Seconds after which a page without JavaScript comes anew by itself. */
export const REFRESH_SECONDS = 20;

/** What of a page changes by itself, as the script puts it in the place of what is there. */
export interface LivePart {
  readonly title: string;
  /** The sentence that is read out when it is another than before. */
  readonly said: string;
  readonly content: ComponentChildren;
}

/** The part of a page that the script keeps up to date; `events` is the path that tells of changes, without language. */
export const Live = ({
  reader,
  events,
  part,
}: {
  readonly reader: Reader;
  readonly events: string;
  readonly part: LivePart;
}): VNode => (
  <>
    <p class="unseen" role="status" id="live-told" />
    <div id="live" data-events={reader.href(events)} data-said={part.said}>
      {part.content}
    </div>
  </>
);

/** The same as the script takes it. */
export const liveEvent = (reader: Reader, { title, said, content }: LivePart): string =>
  JSON.stringify({ title: `${title} · ${reader.t('web.name')}`, said, html: renderToString(<>{content}</>) });
