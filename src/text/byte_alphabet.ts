/**
 * The printable alphabet that byte-level BPE writes bytes in.
 *
 * Vocabularies hold strings, so each byte is written as one printable character: itself where it is printable Latin-1,
 * else the next free character from U+0100 on (Radford et al. 2019, GPT-2).
 *
 * @module
 */

function isPrintable(byte: number): boolean {
  return (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
}

function alphabet(): string[] {
  let spare = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    return String.fromCharCode(isPrintable(byte) ? byte : spare++);
  });
}

/** The character of each byte, `[256]`. */
export const BYTE_CHARS: readonly string[] = alphabet();

const BYTE_OF: ReadonlyMap<string, number> = new Map(BYTE_CHARS.map((char, byte) => [char, byte]));

/** Writes bytes in the alphabet. */
export function bytesToToken(bytes: Uint8Array): string {
  let token = "";
  for (const byte of bytes) token += BYTE_CHARS[byte]!;
  return token;
}

/** Reads a token back as bytes; undefined if it holds a character outside the alphabet. */
export function tokenToBytes(token: string): Uint8Array | undefined {
  const bytes = new Uint8Array(token.length);
  for (let i = 0; i < token.length; i++) {
    const byte = BYTE_OF.get(token[i]!);
    if (byte === undefined) return undefined;
    bytes[i] = byte;
  }
  return bytes;
}
