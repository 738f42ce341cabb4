import type { VNode } from 'preact';
import type { partOfDay } from './day-strip.js';

/** A day of a place from midnight to midnight, with its night and the meeting; what it shows is written above it. */
export const DayStrip = ({ from, to }: ReturnType<typeof partOfDay>): VNode => (
  <svg class="day-strip" viewBox="0 0 1440 80" preserveAspectRatio="none" aria-hidden="true">
    <rect y="20" width="1440" height="40" />
    <path class="night" d="M0 20h360v40H0zM1320 20h120v40h-120z" />
    <rect class="meeting" x={from} width={to - from} height="80" />
  </svg>
);
