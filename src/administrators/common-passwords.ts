/** Of the 10,000 commonest passwords (the list of zxcvbn 4.4.2, MIT), those that are not refused as too short. */
const COMMONEST = new Set(
  `
  123qweasdzxc 1qaz2wsx3edc q1w2e3r4t5y6 1q2w3e4r5t6y mailcreated5240 qazwsxedcrfv 123456qwerty qwerty123456
  polniypizdec0211 sojdlg123aljg leavemealone 123456654321 gfhjkmgfhjkm qazwsxedc123 ghjcnjgfhjkm sonyericsson
  zxcasdqwe123 ghhh47hj7649 123456789qwe 1qazxsw23edc masterbating qwerasdfzxcv qweasdzxc123 flvbybcnhfnjh
  123456789987654321 112233445566 finalfantasy ghbdtnrfrltkf websolutions chickenwing101 1qaz2wsx3edc4rfv
  justinbieber contortionist masturbation pornographic newproject2004 needforspeed businessbabe 123456789123
  masterbaiting maurolarastefy domainlock2005 momsanaladventure dkflbvbhjdbx hd764nw5d7e1vb1 qazwsxedcrfvtgb
  dkflbvbhjdyf counterstrike zaq1xsw2cde3 vfvfvskfhfve ghjcnjghjcnj fkmnthyfnbdf 123456789abc admin18533362
  23176djivanfros 123456789qwerty
  `
    .trim()
    .split(/\s+/),
);

/** Words that people stretch to the length that is asked for, with digits or by writing them twice. */
const STRETCHED =
  /^(?:password|passwort|contraseña|contrasena|clave|admin|administrador|administrator|qwerty|qwertyuiop|welcome|bienvenido|letmein|iloveyou|teamo|tequiero|restaurante|telegram|valletpv|valletpvhub)+$/;

/** Along these, a finger or the alphabet goes on by itself. */
const ROWS = ['abcdefghijklmnopqrstuvwxyz', '1234567890', 'qwertyuiop', 'asdfghjklñ', 'zxcvbnm', '0123456789'];
/** So many runs and fewer are no password: `qwerty123456` has two. */
const MOST_RUNS = 3;
/** A unit of this length or less, written again and again. */
const REPEATED = /^(.{1,4})\1+$/su;

/** Whether a password of the right length is one of those that are tried first (docs/security.md, S32). */
export function isCommonPassword(password: string): boolean {
  const text = password.normalize('NFKC').toLowerCase();
  const word = text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  return COMMONEST.has(text) || STRETCHED.test(word) || REPEATED.test(text) || runsOf([...text]) <= MOST_RUNS;
}

/** In how many steps of "the same again" or "the next one" the characters can be said. */
function runsOf(characters: readonly string[]): number {
  let runs = 0;
  /** How the run goes on: 1, -1, 0 for the same; undefined where a run has just begun. */
  let direction: number | undefined;
  for (const [i, character] of characters.entries()) {
    const before = characters[i - 1];
    const steps = before === undefined ? [] : stepsFrom(before, character);
    if (before !== undefined && direction === undefined && steps.length > 0) {
      direction = steps[0];
    } else if (direction === undefined || !steps.includes(direction)) {
      runs++;
      direction = undefined;
    }
  }
  return runs;
}

function stepsFrom(one: string, other: string): number[] {
  if (one === other) return [0];
  return ROWS.flatMap((row) => {
    const [from, to] = [row.indexOf(one), row.indexOf(other)];
    return from >= 0 && to >= 0 && Math.abs(to - from) === 1 ? [to - from] : [];
  });
}
