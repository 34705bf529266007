/** Colours of videos and events, distinguishable on light and dark. */

/** Okabe and Ito's palette without its yellow, as in the plots of `inphase trajectories`. */
const PALETTE = [
  "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6d46", "#7f7f7f",
];
const GOLDEN = 0.618_034;

/** The colour of the video or event with this index. */
export function tint(place: number): string {
  const known = PALETTE[place];
  if (known !== undefined) return known;
  return `hsl(${Math.round(((place * GOLDEN) % 1) * 360)} 60% 50%)`;
}

/** A colour of the theme, by the name of its CSS variable. */
export function themed(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** Viridis at five points: perceptually uniform. */
const VIRIDIS = [
  [68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37],
] as const;

/** Red, green, blue of a fraction 0..1. */
export function viridis(share: number): [number, number, number] {
  const place = Math.min(Math.max(share, 0), 1) * (VIRIDIS.length - 1);
  const left = Math.min(Math.floor(place), VIRIDIS.length - 2);
  const mix = (channel: 0 | 1 | 2): number =>
    Math.round(
      VIRIDIS[left]![channel] +
        (place - left) * (VIRIDIS[left + 1]![channel] - VIRIDIS[left]![channel]),
    );
  return [mix(0), mix(1), mix(2)];
}
