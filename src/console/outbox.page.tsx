import type { VNode } from 'preact';
import type { QuarantinedEntry } from '../../libs/outbox/quarantine.js';
import { consoleCount } from '../../libs/privacy/bands.js';
import { Actions, Bars, Button, Form, Notice, Table } from '../../libs/web/components.js';
import { countText } from '../../libs/web/count-text.js';
import { ConsolePage } from '../../libs/web/page.js';
import type { Reader } from '../../libs/web/reader.js';
import { shortDay } from '../../libs/web/short-day.js';
import type { Delivery, DeliveryState } from '../deliveries/delivery.js';
import { barLength } from '../participation/participation.js';
import type { SignedIn } from '../people/console.guard.js';

interface OutboxProps {
  readonly states: Readonly<Record<DeliveryState, number>>;
  readonly troubled: readonly Delivery[];
  readonly setAside: readonly QuarantinedEntry[];
  /** A mail was to be sent again whose time is over. */
  readonly isTooLate: boolean;
}

const STATES = ['open', 'sent', 'superseded', 'expired', 'failed', 'quarantined'] as const;

export const outboxPage = (reader: Reader, by: SignedIn, props: OutboxProps): VNode => {
  const { t } = reader;
  const { states, troubled, setAside, isTooLate } = props;
  const isCalm = troubled.length === 0 && setAside.length === 0;
  return (
    <ConsolePage reader={reader} csrf={by.csrf} title={t('web.console.outbox')} path="/console/outbox" wide>
      <h1>{t('web.console.outbox')}</h1>
      <p>{t('console.outbox.lead')}</p>
      {isTooLate && (
        <Notice kind="warning" title={t('console.outbox.too-late')}>
          {t('console.outbox.too-late.text')}
        </Notice>
      )}
      <Bars
        caption={t('console.outbox.states')}
        bars={STATES.map((state) => ({
          label: t(`console.outbox.state.${state}`),
          value: barLength(consoleCount(states[state])),
          text: countText(t, consoleCount(states[state])),
        }))}
      />
      <p class="soft">{t('console.outbox.states.text')}</p>
      {isCalm ? (
        <Notice kind="success">{t('console.outbox.calm')}</Notice>
      ) : (
        <Form reader={reader} action="/console/outbox/retry" csrf={by.csrf}>
          {troubled.length > 0 && <Troubled reader={reader} troubled={troubled} />}
          {setAside.length > 0 && <SetAside reader={reader} setAside={setAside} />}
          <Actions>
            <Button name="all" value="yes">
              {t('console.outbox.retry-all')}
            </Button>
          </Actions>
        </Form>
      )}
    </ConsolePage>
  );
};

/** By kind, code and day: never to whom. */
const Troubled = ({ reader, troubled }: { readonly reader: Reader } & Pick<OutboxProps, 'troubled'>): VNode => {
  const { t } = reader;
  return (
    <>
      <h2>{t('console.outbox.mails')}</h2>
      <p>{t('console.outbox.mails.lead')}</p>
      <Table
        caption={t('console.outbox.mails.caption')}
        columns={[
          t('console.outbox.kind'),
          t('console.outbox.state'),
          t('console.outbox.code'),
          t('console.outbox.day'),
          t('console.outbox.retry'),
        ]}
        rows={troubled.map(({ _id, kind, state, code, enhanced, endedAt }) => [
          t(`console.outbox.kind.${kind}`),
          t(`console.outbox.state.${state}`),
          [code, enhanced].filter((part) => part !== undefined).join(' ') || '–',
          endedAt ? shortDay(reader.language, endedAt) : '–',
          <Button kind="secondary" name="delivery" value={_id}>
            {t('console.outbox.retry')}
          </Button>,
        ])}
      />
    </>
  );
};

const SetAside = ({ reader, setAside }: { readonly reader: Reader } & Pick<OutboxProps, 'setAside'>): VNode => {
  const { t } = reader;
  return (
    <>
      <h2>{t('console.outbox.entries')}</h2>
      <p>{t('console.outbox.entries.lead')}</p>
      <Table
        caption={t('console.outbox.entries.caption')}
        columns={[
          t('console.outbox.what'),
          t('console.outbox.why'),
          t('console.outbox.day'),
          t('console.outbox.retry'),
        ]}
        rows={setAside.map(({ collection, aggregate, entry, type, handler, since }) => [
          <code>{handler}</code>,
          <code>{type}</code>,
          shortDay(reader.language, since),
          <Button kind="secondary" name="entry" value={[collection, aggregate, entry].join('|')}>
            {t('console.outbox.retry')}
          </Button>,
        ])}
      />
    </>
  );
};
