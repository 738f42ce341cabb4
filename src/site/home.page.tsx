import type { VNode } from 'preact';
import { Actions, ButtonLink, Card, Cards, Facts, Notice, Steps } from '../../libs/web/components.js';
import { Page } from '../../libs/web/page.js';
import type { Reader } from '../../libs/web/reader.js';
import { formatClock, formatWhen } from '../../libs/time/when.js';
import type { Meeting } from '../meetings/meeting.js';
import { countryName } from '../regions/countries.js';
import type { Region } from '../regions/region.js';
import type { TwinRegion } from '../regions/regions.js';
import { numberIn } from './figures.js';
import { TwoPlaces } from './picture.js';

export interface Home {
  readonly twins: readonly TwinRegion[];
  /** Meetings to come, soonest first. */
  readonly next: readonly Pick<Meeting, 'id' | 'title' | 'start' | 'timeZone'>[];
  /** Meetings that were held; a number about nobody. */
  readonly held: number;
  /** Answers that are released; a number about nobody. */
  readonly answers: number;
}

export const homePage = (reader: Reader, { twins, next, held, answers }: Home): VNode => {
  const { t, language } = reader;
  return (
    <Page reader={reader} title={t('web.name')} description={t('site.home.description')} wide>
      <TwoPlaces title={t('site.home.picture')} />
      <h1>{t('site.home.title')}</h1>
      <p class="lead">{t('site.home.lead')}</p>
      <Actions>
        <ButtonLink href={reader.href('/get-involved')}>{t('site.home.get-involved')}</ButtonLink>
        <ButtonLink href={reader.href('/basics')} kind="secondary">
          {t('site.home.basics')}
        </ButtonLink>
      </Actions>
      <Notice>{t('site.promise.commitment')}</Notice>

      {twins.map((twin) => (
        <section key={twin.id} aria-label={twin.regions.map(({ name }) => name).join(' + ')}>
          <h2>{t('site.home.regions')}</h2>
          <Cards>
            {twin.regions.map((region) => (
              <RegionCard key={region.id} reader={reader} region={region} />
            ))}
          </Cards>
        </section>
      ))}

      <h2>{t('site.home.next')}</h2>
      {next.length === 0 ? (
        <p>{t('site.home.next.none')}</p>
      ) : (
        <Cards>
          {next.map((meeting) => (
            <Card key={meeting.id} level={3} title={meeting.title} href={reader.href(`/meetings/${meeting.id}`)}>
              <p>{formatWhen(meeting.start, meeting.timeZone, language)}</p>
              <p class="soft">{elsewhere(language, meeting, twins)}</p>
            </Card>
          ))}
        </Cards>
      )}
      <p>
        <a href={reader.href('/meetings')}>{t('site.home.next.all')}</a>
      </p>

      <h2>{t('site.home.how')}</h2>
      <Steps steps={[t('site.home.how.1'), t('site.home.how.2'), t('site.home.how.3'), t('site.home.how.4')]} />

      {held + answers > 0 && <SoFar reader={reader} held={held} answers={answers} />}
    </Page>
  );
};

const SoFar = ({ reader, held, answers }: { readonly reader: Reader } & Pick<Home, 'held' | 'answers'>): VNode => {
  const { t, language } = reader;
  return (
    <>
      <h2>{t('site.home.so-far')}</h2>
      <dl class="numbers">
        <div>
          <dt>{t('site.home.held', { count: held })}</dt>
          <dd>{numberIn(language, held)}</dd>
        </div>
        <div>
          <dt>{t('site.home.answers', { count: answers })}</dt>
          <dd>{numberIn(language, answers)}</dd>
        </div>
      </dl>
      <p class="soft">{t('site.home.so-far.text')}</p>
    </>
  );
};

const RegionCard = ({ reader, region }: { readonly reader: Reader; readonly region: Region }): VNode => {
  const { t, language } = reader;
  const { population, areaHa, co2TonnesPerPerson } = region.facts;
  return (
    <Card level={3} title={`${region.name}, ${countryName(region.country, language)}`}>
      <Facts
        facts={[
          [t('site.fact.population'), numberIn(language, population.value)],
          [t('site.fact.areaHa'), numberIn(language, areaHa.value)],
          [t('site.fact.co2TonnesPerPerson'), numberIn(language, co2TonnesPerPerson.value)],
        ]}
      />
    </Card>
  );
};

/** The same moment on the clocks of the regions, where they show another time. */
const elsewhere = (
  language: string,
  { start, timeZone }: Pick<Meeting, 'start' | 'timeZone'>,
  twins: readonly TwinRegion[],
): string =>
  [...new Set(twins.flatMap(({ regions }) => regions.map((region) => region.timeZone)))]
    .filter((zone) => zone !== timeZone)
    .map((zone) => formatClock(start, zone, language))
    .join(' · ');
