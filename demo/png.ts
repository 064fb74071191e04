import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** A picture in shades of grey. */
export class Picture {
  readonly width: number;
  readonly height: number;
  readonly #pixels: Buffer;

  /** White all over. */
  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.#pixels = Buffer.alloc(width * height, 0xff);
  }

  /** Fills a rectangle; 0 is black. What lies outside is left out. */
  fill(left: number, top: number, width: number, height: number, grey = 0): void {
    for (let y = Math.max(top, 0); y < Math.min(top + height, this.height); y++) {
      const row = y * this.width;
      this.#pixels.fill(grey, row + Math.max(left, 0), row + Math.min(left + width, this.width));
    }
  }

  /** The picture as a PNG file (w3.org/TR/png). */
  png(): Buffer {
    const head = Buffer.alloc(13);
    head.writeUInt32BE(this.width, 0);
    head.writeUInt32BE(this.height, 4);
    // 8 bits a pixel, of grey.
    head[8] = 8;
    const rows: Buffer[] = [];
    for (let y = 0; y < this.height; y++) {
      // Each row begins with its filter: none.
      rows.push(Buffer.of(0), this.#pixels.subarray(y * this.width, (y + 1) * this.width));
    }
    return Buffer.concat([
      SIGNATURE,
      chunk('IHDR', head),
      chunk('IDAT', deflateSync(Buffer.concat(rows))),
      chunk('IEND', Buffer.alloc(0)),
    ]);
  }
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), framed.length - 4);
  return framed;
}
