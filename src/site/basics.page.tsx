import type { VNode } from 'preact';
import { Actions, Bars, ButtonLink, Card, Cards, Facts, Notice, Steps } from '../../libs/web/components.js';
import { Page } from '../../libs/web/page.js';
import type { Reader } from '../../libs/web/reader.js';
import { CONTRIBUTIONS } from '../interest/interest.js';
import type { TwinRegion } from '../regions/regions.js';
import { compared, type Comparison, numberIn, told, TOTALS } from './figures.js';
import { TwoPlaces, WayTo2035 } from './picture.js';

export const basicsPage = (reader: Reader, twins: readonly TwinRegion[]): VNode => {
  const { t } = reader;
  return (
    <Page reader={reader} title={t('site.basics.title')} description={t('site.basics.lead')} wide>
      <h1>{t('site.basics.title')}</h1>
      <p class="lead">{t('site.basics.lead')}</p>
      <TwoPlaces title={t('site.home.picture')} />
      <p>{t('site.basics.why')}</p>
      {twins.map((twin) => (
        <Twin key={twin.id} reader={reader} twin={twin} />
      ))}

      <h2>{t('site.basics.contributions')}</h2>
      <p>{t('site.basics.contributions.text')}</p>
      <Cards>
        {CONTRIBUTIONS.map((contribution) => (
          <Card key={contribution} level={3} title={t(`interest.contribution.${contribution}`)}>
            <p>{t(`interest.contribution.${contribution}.hint`)}</p>
          </Card>
        ))}
      </Cards>

      <h2>{t('site.basics.meetings')}</h2>
      <Steps steps={[t('site.home.how.1'), t('site.home.how.2'), t('site.home.how.3'), t('site.home.how.4')]} />
      <p>{t('site.basics.office-hours')}</p>
      <Notice>
        {t('site.promise.commitment')} {t('site.promise.never-disclosed')}
      </Notice>
      <Actions>
        <ButtonLink href={reader.href('/get-involved')}>{t('site.home.get-involved')}</ButtonLink>
        <ButtonLink href={reader.href('/meetings')} kind="secondary">
          {t('site.home.next.all')}
        </ButtonLink>
      </Actions>
    </Page>
  );
};

const Twin = ({ reader, twin }: { readonly reader: Reader; readonly twin: TwinRegion }): VNode => {
  const { t, language } = reader;
  const [first] = twin.regions;
  return (
    <>
      <h2>{twin.regions.map(({ name }) => name).join(' + ')}</h2>
      <p>{t('site.basics.contrast')}</p>
      <div class="pair">
        <Cards>
          {compared(twin).map((comparison) => (
            <Card key={comparison.fact}>
              <Compared reader={reader} comparison={comparison} />
            </Card>
          ))}
        </Cards>
      </div>

      <h2>{t('site.basics.together')}</h2>
      <Facts facts={TOTALS.map((total) => [t(`site.fact.${total}`), numberIn(language, told(twin.totals[total]))])} />
      <p class="soft">{t('site.basics.derived')}</p>

      <h2>{t('site.basics.goal')}</h2>
      <figure>
        <WayTo2035
          title={t('site.basics.goal.picture')}
          language={language}
          from={first.facts.co2TonnesPerPerson.year}
          tonnes={twin.totals.co2TonnesPerYear}
        />
        <figcaption class="soft">{t('site.basics.goal.caption')}</figcaption>
      </figure>
      <p>{t('site.basics.goal.text')}</p>
    </>
  );
};

const Compared = ({ reader, comparison }: { readonly reader: Reader; readonly comparison: Comparison }): VNode => {
  const { t, language } = reader;
  const { fact, places } = comparison;
  return (
    <>
      <Bars
        caption={t(`site.fact.${fact}`)}
        bars={places.map(({ region, value }) => ({ label: region.name, value, text: numberIn(language, value) }))}
      />
      <p>
        <small>{sourcesOf(reader, comparison)}</small>
      </p>
    </>
  );
};

/** Where the figures come from; what both share is said once. */
function sourcesOf({ t }: Reader, { fact, places }: Comparison): string {
  const named = Map.groupBy(places, ({ region }) => {
    const { about, source, year } = region.facts[fact];
    return `${source}, ${year}${about === 'place' ? '' : ` (${t(`site.about.${about}`)})`}`;
  });
  return [...named]
    .map(([value, of]) => t('web.pair', { name: of.map(({ region }) => region.name).join(', '), value }))
    .join(' · ');
}
