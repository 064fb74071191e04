import { euros, type OrderLine, totalCents } from './menu.ts';
import { Picture } from './png.ts';

/** An order that a person has confirmed. */
export interface Order {
  number: number;
  lines: readonly OrderLine[];
}

/** Digits as a till prints them: three columns, five rows. */
const GLYPHS: Record<string, readonly string[]> = {
  '0': ['###', '# #', '# #', '# #', '###'],
  '1': [' # ', '## ', ' # ', ' # ', '###'],
  '2': ['###', '  #', '###', '#  ', '###'],
  '3': ['###', '  #', '###', '  #', '###'],
  '4': ['# #', '# #', '###', '  #', '  #'],
  '5': ['###', '#  ', '###', '  #', '###'],
  '6': ['###', '#  ', '###', '# #', '###'],
  '7': ['###', '  #', '  #', '  #', '  #'],
  '8': ['###', '# #', '###', '# #', '###'],
  '9': ['###', '# #', '###', '  #', '###'],
  ',': ['   ', '   ', '   ', ' # ', '#  '],
  '€': [' ##', '#  ', '###', '#  ', ' ##'],
};
const WIDTH = 240;
const MARGIN = 20;

/** The ticket as a picture: the order's number, a bar as long as each line is dear, and the total. */
export function ticketPng({ number, lines }: Order): Buffer {
  const total = totalCents(lines);
  const picture = new Picture(WIDTH, 150 + lines.length * 16);
  print(picture, String(number), MARGIN, 10);
  let y = 75;
  for (const { dish, quantity } of lines) {
    const share = (dish.priceCents * quantity) / total;
    picture.fill(MARGIN, y, Math.round(share * (WIDTH - 2 * MARGIN)), 10, 0x90);
    y += 16;
  }
  picture.fill(MARGIN, y, WIDTH - 2 * MARGIN, 2);
  print(picture, euros(total).replace(' ', ''), MARGIN, 6, y + 20);
  return picture.png();
}

/** The receipt as a text file. */
export function receiptText({ number, lines }: Order, restaurant: string): string {
  const rows = lines.map(({ dish, quantity }) => row(`${quantity} × ${dish.name}`, dish.priceCents * quantity));
  return [restaurant, `Pedido n.º ${number}`, '', ...rows, row('TOTAL', totalCents(lines)), ''].join('\n');
}

function row(name: string, cents: number): string {
  return `${name.padEnd(24)}${euros(cents).padStart(10)}`;
}

function print(picture: Picture, text: string, left: number, scale: number, top = MARGIN): void {
  for (const [i, character] of [...text].entries()) {
    for (const [y, line] of (GLYPHS[character] ?? []).entries()) {
      for (const [x, dot] of [...line].entries()) {
        if (dot === '#') picture.fill(left + (i * 4 + x) * scale, top + y * scale, scale, scale);
      }
    }
  }
}
