/**
 * `node --import` this to run a process whose clock is wrong: CLOCK_SKEW_MS is added to every reading of the time, as on a
 * machine that was set by hand.
 */
const skew = Number(process.env.CLOCK_SKEW_MS);
if (!Number.isFinite(skew)) throw new Error('CLOCK_SKEW_MS: a number of milliseconds');

const RightDate = Date;
globalThis.Date = class Date extends RightDate {
  constructor(...given) {
    if (given.length === 0) super(RightDate.now() + skew);
    else super(...given);
  }

  static now() {
    return RightDate.now() + skew;
  }
};
const instant = Temporal.Now.instant.bind(Temporal.Now);
Temporal.Now.instant = () => instant().add({ milliseconds: skew });
