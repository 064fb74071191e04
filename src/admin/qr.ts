import { encode } from 'uqr';

/** Modules of white around it, which readers need to find it (ISO/IEC 18004 asks for four). */
const QUIET_ZONE = 4;

/** A QR code as an SVG image: dark on white, whatever the page around it looks like. */
export function qrSvg(text: string): string {
  const { size, data } = encode(text, { ecc: 'M', border: QUIET_ZONE });
  const path = data.flatMap(darkRuns).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges"><rect fill="white" width="${size}" height="${size}"/><path d="${path}"/></svg>`;
}

/** Dark modules side by side are one rectangle: a quarter of the bytes of one each. */
function darkRuns(row: readonly boolean[], y: number): string[] {
  const modules = row.map((dark) => (dark ? '#' : ' ')).join('');
  return [...modules.matchAll(/#+/g)].map(({ 0: { length }, index }) => `M${index},${y}h${length}v1h-${length}z`);
}
