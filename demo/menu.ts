/** Something to eat or drink; its plural ends in -s. */
export interface Dish {
  name: string;
  priceCents: number;
}

export interface OrderLine {
  dish: Dish;
  quantity: number;
}

export const MENU: readonly Dish[] = [
  { name: 'caña', priceCents: 180 },
  { name: 'vino', priceCents: 250 },
  { name: 'agua', priceCents: 150 },
  { name: 'café', priceCents: 140 },
  { name: 'tortilla', priceCents: 750 },
  { name: 'croqueta', priceCents: 120 },
  { name: 'bocadillo', priceCents: 480 },
];

const NUMBERS = ['cero', 'uno', 'dos', 'tres', 'cuatro', 'cinco', 'seis', 'siete', 'ocho', 'nueve', 'diez'];
const MOST_OF_ONE = 99;

/** Reads an order as people write it: "2 cañas y una tortilla, por favor". Empty where no dish is named. */
export function readOrder(text: string): OrderLine[] {
  const lines = new Map<Dish, number>();
  let quantity = 1;
  for (const word of text.split(/[^\p{L}\p{N}]+/u)) {
    const dish = MENU.find(({ name }) => plain(name) === plain(word).replace(/s$/, ''));
    if (dish !== undefined) lines.set(dish, Math.min((lines.get(dish) ?? 0) + quantity, MOST_OF_ONE));
    quantity = quantityOf(word) ?? 1;
  }
  return [...lines].filter(([, many]) => many > 0).map(([dish, many]) => ({ dish, quantity: many }));
}

export function totalCents(lines: readonly OrderLine[]): number {
  return lines.reduce((sum, { dish, quantity }) => sum + dish.priceCents * quantity, 0);
}

/** `13,10 €` */
export function euros(cents: number): string {
  return `${(cents / 100).toFixed(2).replace('.', ',')} €`;
}

function quantityOf(word: string): number | undefined {
  if (/^\d{1,2}$/.test(word)) return Number(word);
  const written = plain(word).replace(/^un[ao]?$/, 'uno');
  const number = NUMBERS.indexOf(written);
  return number < 0 ? undefined : number;
}

/** Without accents and in small letters: people write "canas" and "CAFÉ". */
function plain(word: string): string {
  return word.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
}
