import { renderSVG } from 'uqr';

/** Modules of white around it, which readers need to find it (ISO/IEC 18004 asks for four). */
const QUIET_ZONE = 4;

/** A QR code as an SVG image: dark on white, whatever the page around it looks like. */
export function qrSvg(text: string): string {
  return renderSVG(text, { ecc: 'M', border: QUIET_ZONE });
}
