/** A cyclic redundancy check of 32 or 64 bits, reflected, with all ones before and behind. */
export interface CrcKind {
  readonly bits: 32 | 64;
  /** Reflected. */
  readonly polynomial: bigint;
}

/** Source: RFC 3720. */
export const crc32cKind: CrcKind = { bits: 32, polynomial: 0x82f6_3b78n };
export const crc32Kind: CrcKind = { bits: 32, polynomial: 0xedb8_8320n };
/** Source: NVM Express, NVM command set specification, "64b CRC". */
export const crc64NvmeKind: CrcKind = { bits: 64, polynomial: 0x9a6c_9329_ac4b_c9b5n };

/** Eight tables of 256 entries behind one another, each entry in two halves: eight bytes are taken in one step. */
export interface CrcTables {
  readonly low: Uint32Array;
  readonly high: Uint32Array;
}

const made = new Map<CrcKind, CrcTables>();

/** Made when first asked for. */
export function tablesOf(kind: CrcKind): CrcTables {
  const known = made.get(kind);
  if (known !== undefined) return known;
  const entries = Array.from({ length: 256 }, (_none, byte) => shiftedByByte(BigInt(byte), kind));
  for (let table = 1; table < 8; table++) {
    for (let byte = 0; byte < 256; byte++) {
      const before = entries[(table - 1) * 256 + byte] ?? 0n;
      entries.push((entries[Number(before & 0xffn)] ?? 0n) ^ (before >> 8n));
    }
  }
  const tables = {
    low: Uint32Array.from(entries, (entry) => Number(entry & 0xffff_ffffn)),
    high: Uint32Array.from(entries, (entry) => Number(entry >> 32n)),
  };
  made.set(kind, tables);
  return tables;
}

function shiftedByByte(value: bigint, { polynomial }: CrcKind): bigint {
  let shifted = value;
  for (let bit = 0; bit < 8; bit++) shifted = shifted & 1n ? (shifted >> 1n) ^ polynomial : shifted >> 1n;
  return shifted;
}
