/**
 * Writes a WebAssembly module with one function, `run`, as bytes. It covers the small part of the
 * binary format that the peak measurements need. It shares no code with the assembler of the
 * library.
 */

export const v128 = 0x7b
export const i32 = 0x7f

/** An unsigned number in LEB128. */
export function leb(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb(value >>> 7)]
}

/** A number in signed LEB128, as constants are written. */
export function signedLeb(value: number): number[] {
  const byte = value & 127
  const remaining = value >> 7
  return (remaining === 0 && byte < 64) || (remaining === -1 && byte >= 64)
    ? [byte]
    : [byte | 128, ...signedLeb(remaining)]
}

const withLength = (bytes: readonly number[]): number[] => [...leb(bytes.length), ...bytes]
const section = (id: number, bytes: readonly number[]): number[] => [id, ...withLength(bytes)]

export const get = (local: number): number[] => [0x20, local]
export const set = (local: number): number[] => [0x21, local]
export const constant = (value: number): number[] => [0x41, ...signedLeb(value)]
/** A vector of four equal floats. */
export const splat = (value: number): number[] => [
  0x43,
  ...new Uint8Array(Float32Array.of(value).buffer),
  0xfd,
  0x13,
]

export interface PeakFunction {
  readonly type: readonly number[]
  readonly code: readonly number[]
}

/**
 * A function of these parameter and result types, groups of locals ([count, type]) and
 * instructions.
 */
export function func(
  params: readonly number[],
  results: readonly number[],
  locals: readonly (readonly number[])[],
  body: readonly number[],
): PeakFunction {
  return {
    type: [0x60, ...withLength(params), ...withLength(results)],
    code: [...leb(locals.length), ...locals.flat(), ...body, 0x0b],
  }
}

/**
 * A module that exports one function as `run`. With `pages` (64 KiB each) it also exports a memory
 * as `memory`.
 */
export function wasmModule({ type, code }: PeakFunction, pages = 0): Uint8Array<ArrayBuffer> {
  const name = (text: string): number[] => withLength([...new TextEncoder().encode(text)])
  const memory = pages === 0 ? [] : section(5, [1, 0, ...leb(pages)])
  const exported = [...name('run'), 0, 0, ...(pages === 0 ? [] : [...name('memory'), 2, 0])]
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, ...type]),
    ...section(3, [1, 0]),
    ...memory,
    ...section(7, [pages === 0 ? 1 : 2, ...exported]),
    ...section(10, [1, ...withLength(code)]),
  ])
}

/**
 * Whether a module can run here. WebAssembly may be missing (`node --jitless`), or these
 * instructions may be.
 */
export const runsHere = (module: Uint8Array<ArrayBuffer>): boolean =>
  typeof WebAssembly === 'object' && WebAssembly.validate(module)
