import type { VNode } from 'preact';
import { numberIn, roughly } from './figures.js';

const Hut = ({ x, y }: { readonly x: number; readonly y: number }): VNode => (
  <g transform={`translate(${String(x)} ${String(y)})`}>
    <path class="wall" d="M-17 0h34v20h-34z" />
    <path class="door" d="M-4 20V9a4 4 0 0 1 8 0v11z" />
    <path class="thatch" d="M-23 2 0-27 23 2q-23 7-46 0z" />
    <path class="roof" d="M-4-25q4-9 8 0z" />
  </g>
);

const House = ({ x, y }: { readonly x: number; readonly y: number }): VNode => (
  <g transform={`translate(${String(x)} ${String(y)})`}>
    <path class="wall" d="M-20-2h40v24h-40z" />
    <path class="beam" d="M-20 9h40M-7-2v24M8-2v24M-20 22l13-13M21 22 8 9" />
    <path class="roof" d="M-25 0 0-21 25 0z" />
  </g>
);

const Church = ({ x, y }: { readonly x: number; readonly y: number }): VNode => (
  <g transform={`translate(${String(x)} ${String(y)})`}>
    <path class="wall" d="M-9-26H9v48H-9zM9-2h30v24H9z" />
    <path class="roof" d="M-12-25 0-60l12 35zM9 0l6-13h19l8 13z" />
    <path class="door" d="M-4 22V12a4 4 0 0 1 8 0v10z" />
    <circle class="door" cx="0" cy="-14" r="3" />
  </g>
);

const Tree = ({ x, y, r }: { readonly x: number; readonly y: number; readonly r: number }): VNode => (
  <g transform={`translate(${String(x)} ${String(y)})`}>
    <path class="trunk" d="M-2 0h4v20h-4z" />
    <circle class="crown" cy={-r / 2} r={r} />
  </g>
);

/** Two places under one sun: round houses below the hills of the Atacora, and a village on a slope by the Rhine. */
export const TwoPlaces = ({ title }: { readonly title: string }): VNode => (
  <svg class="scene" viewBox="0 0 640 250" role="img" aria-label={title}>
    <rect class="sky" width="640" height="250" />
    <circle class="sun" cx="320" cy="128" r="62" />
    <path class="far" d="M0 150q60-62 130-30 50-60 120 6 40 34 70 44v80H0z" />
    <path class="far" d="M640 132q-70-40-140-10-60-34-120 26-40 30-60 22v80h320z" />
    <path class="far" d="M236 166q40-16 84-10 50-10 84 12v60H236z" />
    <path class="call" d="M116 96Q320-46 524 82" />
    <path class="near" d="M0 190q90-34 190-8 80 22 130 14v54H0z" />
    <path class="near other" d="M640 166q-110-12-190 14-70 28-130 16v54h320z" />
    <path class="thatch" d="M296 250q22-30 16-53h9q2 27 33 53z" />
    <path class="trunk" d="M224 200q3-30-8-42l5-3q7 7 9 17 3-11 11-18l4 4q-13 14-8 42z" />
    <path class="crown" d="M196 156q-4-17 14-19 4-16 22-11 18-7 23 10 15 3 11 18-12 8-24 2-12 8-24 2-12 7-22-2z" />
    <Hut x={70} y={176} />
    <Hut x={116} y={158} />
    <Hut x={158} y={180} />
    <Church x={524} y={148} />
    <House x={462} y={168} />
    <House x={590} y={160} />
    <Tree x={416} y={182} r={13} />
    <Tree x={392} y={192} r={10} />
    <Tree x={620} y={186} r={12} />
  </svg>
);

/**
 * The way that a twin region sets out on: from what it emits today down to nothing by 2035, and on below the line, where
 * more is taken back than emitted. A drawing of the goal, not a forecast.
 * @param tonnes of CO2 per year today
 */
export function WayTo2035({
  title,
  language,
  from,
  tonnes,
}: {
  readonly title: string;
  readonly language: string;
  readonly from: string;
  readonly tonnes: number;
}): VNode {
  return (
    <svg class="scene way" viewBox="0 0 340 190" role="img" aria-label={title}>
      <path class="debt" d="M24 40Q110 44 160 90 188 116 220 122H24z" />
      <path class="paid" d="M220 122q50 8 104 44V122z" />
      <path class="axis" d="M24 122h304M24 26v120" />
      <path class="line" d="M24 40Q110 44 160 90 188 116 220 122q50 8 104 44" />
      <circle class="sun" cx="220" cy="122" r="8" />
      <text x="32" y="30">
        {numberIn(language, roughly(tonnes))} t
      </text>
      <text x="28" y="142">
        {from}
      </text>
      <text x="200" y="152">
        2035
      </text>
    </svg>
  );
}
