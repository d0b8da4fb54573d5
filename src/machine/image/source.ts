import type { ByteSource } from '../../bytes/byte-source.ts';
import { said } from '../../said/said.ts';
import { ImageError } from './image-error.ts';

/** A source that is an image: reading beyond its end says that it is cut short. */
export class ImageFile implements ByteSource {
  readonly size: number;
  readonly #source: ByteSource;

  constructor(source: ByteSource) {
    this.#source = source;
    this.size = source.size;
  }

  read(offset: number, length: number): Uint8Array {
    if (offset + length > this.size) {
      throw new ImageError(
        said`the image is cut short: it has ${this.size} of at least ${offset + length} bytes`,
      );
    }
    const bytes = this.#source.read(offset, length);
    // A plain array: of Node's Buffers, even `slice` is a view.
    if (bytes.length === length) return new Uint8Array(bytes.buffer, bytes.byteOffset, length);
    throw new ImageError(
      said`the image is cut short: of ${length} bytes at ${offset}, ${bytes.length} could be read`,
    );
  }
}
