import { tpvWords } from '../../words/tpv.ts';

const words = tpvWords.join;

export interface DoorSignProps {
  name: string;
  url: string;
  /** Where the QR code's picture is. */
  picture: string;
}

/** The sign for a restaurant's door: small on the page, alone on paper (styles/door-sign.css). */
export function DoorSign({ name, url, picture }: DoorSignProps) {
  return (
    <figure class="door-sign">
      <figcaption class="door-sign-name">{name}</figcaption>
      <p class="door-sign-call">{words.sign}</p>
      <img class="door-sign-code" src={picture} alt={words.qr(name)} width="200" height="200" />
      <p class="door-sign-hint">{words.signHint}</p>
      <p class="door-sign-url">{url.replace(/^https:\/\//, '')}</p>
    </figure>
  );
}
