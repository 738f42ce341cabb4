import type { VNode } from 'preact';
import { subscribeLinks } from '../../libs/calendar/subscribe-links.js';
import type { Reader } from '../../libs/web/reader.js';
import { shareLinks, type ToShare } from './share-links.js';

interface SubscribeProps {
  readonly reader: Reader;
  /** Of the feed, absolute. */
  readonly address: string;
  /** What the calendar is called where its file is not asked. */
  readonly name: string;
}

/** Ways to take a feed into one's calendar. */
export const Subscribe = ({ reader: { t }, address, name }: SubscribeProps): VNode => {
  const links = subscribeLinks(address, name);
  return (
    <>
      <ul>
        <li>
          <a href={links.webcal}>{t('feeds.subscribe.app')}</a>
        </li>
        <li>
          <Away href={links.google} name="Google Calendar" />
        </li>
        <li>
          <Away href={links.outlook} name="Outlook.com" />
        </li>
        <li>
          <Away href={links.office365} name="Microsoft 365" />
        </li>
      </ul>
      <p>
        {t('feeds.subscribe.address')} <a href={address}>{address}</a>
      </p>
    </>
  );
};

/** Ways to tell others, without anybody's script. */
export const Share = ({ reader: { t }, share }: { readonly reader: Reader; readonly share: ToShare }): VNode => {
  const { mail, whatsApp } = shareLinks(share);
  return (
    <ul>
      <li>
        <a href={mail}>{t('feeds.share.mail')}</a>
      </li>
      <li>
        <Away href={whatsApp} name="WhatsApp" />
      </li>
    </ul>
  );
};

const Away = ({ href, name }: { readonly href: string; readonly name: string }): VNode => (
  <a href={href} rel="noreferrer noopener">
    {name}
  </a>
);
