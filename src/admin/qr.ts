import { encode } from 'uqr';

/** Modules of white around it, which readers need to find it (ISO/IEC 18004 asks for four). */
const QUIET_ZONE = 4;

/** A QR code as an SVG image: dark on white, whatever the page around it looks like. */
export function qrSvg(text: string): string {
  const { size, data } = encode(text, { ecc: 'M', border: QUIET_ZONE });
  const path = data.map(darkRuns).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges"><rect fill="white" width="${size}" height="${size}"/><path stroke="black" d="${path}"/></svg>`;
}

/** A row is a line as wide as a module, from where the one before ended: a third of the bytes of a rectangle each. */
function darkRuns(row: readonly boolean[], y: number): string {
  const modules = row.map((dark) => (dark ? '#' : ' ')).join('');
  let end = 0;
  return [...modules.matchAll(/#+/g)]
    .map(({ 0: { length }, index }, nth) => {
      const start = nth === 0 ? `M${index} ${y}.5` : `m${index - end} 0`;
      end = index + length;
      return `${start}h${length}`;
    })
    .join('');
}
