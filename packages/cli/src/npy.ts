/**
 * NumPy's file of one array: a line of Python that describes it, then its elements.
 *
 *   \x93NUMPY  major minor  length  {'descr': '<f4', 'fortran_order': False, 'shape': (480, 640, 3), }␣␣␣\n  elements…
 *
 * Versions 1 to 3 differ in the width of `length` and in the encoding of the line. Column-major arrays are read as strides, without a copy.
 */

import { badInput } from './failure.ts'

export type NpyElements = Float32Array | Float64Array | Int32Array | Int16Array | Int8Array | Uint8Array | Uint16Array

/** A strided array; strides in elements. */
export interface NpyArray {
  readonly data: NpyElements
  readonly shape: readonly number[]
  readonly strides: readonly number[]
  readonly offset: 0
}

interface ElementType {
  readonly bytes: number
  readonly from: (buffer: ArrayBuffer) => NpyElements
}

const elementTypes: Readonly<Record<string, ElementType>> = {
  f4: { bytes: 4, from: (buffer) => new Float32Array(buffer) },
  f8: { bytes: 8, from: (buffer) => new Float64Array(buffer) },
  i4: { bytes: 4, from: (buffer) => new Int32Array(buffer) },
  i2: { bytes: 2, from: (buffer) => new Int16Array(buffer) },
  i1: { bytes: 1, from: (buffer) => new Int8Array(buffer) },
  u1: { bytes: 1, from: (buffer) => new Uint8Array(buffer) },
  u2: { bytes: 2, from: (buffer) => new Uint16Array(buffer) },
}

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/** The array in a .npy file. `name` is the file's, for messages. Throws for other element types and for files that are cut off. */
export function readNpy(bytes: Uint8Array, name: string): NpyArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const version = bytes[6] ?? 0
  if (bytes.length < 12 || version < 1 || version > 3) throw badInput(`${name} is no .npy file of version 1 to 3.`)
  const start = version === 1 ? 10 : 12
  const body = start + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true))
  const line = new TextDecoder(version === 3 ? 'utf-8' : 'latin1').decode(bytes.subarray(start, body))
  const { descr, fortran, shape } = describedBy(line, name)
  const [, order, kind = ''] = /^([<>|=])(\w+)$/.exec(descr) ?? []
  const type = elementTypes[kind]
  if (!type) {
    const known = Object.keys(elementTypes).join(', ')
    throw badInput(`${name} holds elements of type '${descr}': ${known} are read. Convert it, for example with .astype('float64').`)
  }
  const count = shape.reduce((product, extent) => product * extent, 1)
  if (bytes.length < body + count * type.bytes) {
    throw badInput(
      `${name} is cut off: shape (${shape.join(', ')}) of '${descr}' takes ${count * type.bytes} bytes, and ${Math.max(0, bytes.length - body)} are there.`,
    )
  }
  const copy = new Uint8Array(count * type.bytes)
  copy.set(bytes.subarray(body, body + copy.length))
  if (type.bytes > 1 && (order === '<' || order === '>') && (order === '<') !== isLittleEndian) swapBytes(copy, type.bytes)
  return { data: type.from(copy.buffer), shape, strides: fortran ? columnMajor(shape) : rowMajor(shape), offset: 0 }
}

function describedBy(line: string, name: string): { readonly descr: string; readonly fortran: boolean; readonly shape: readonly number[] } {
  const descr = /'descr'\s*:\s*('[^']*'|\[)/.exec(line)?.[1]
  const fortran = /'fortran_order'\s*:\s*(True|False)/.exec(line)?.[1]
  const extents = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(line)?.[1]
  if (descr === undefined || fortran === undefined || extents === undefined)
    throw badInput(`${name} is damaged: its header describes no array.`)
  if (descr === '[') throw badInput(`${name} holds records: a file of plain numbers is needed.`)
  const shape = extents
    .split(',')
    .filter((extent) => extent.trim() !== '')
    .map((extent) => Number.parseInt(extent, 10))
  return { descr: descr.slice(1, -1), fortran: fortran === 'True', shape }
}

function swapBytes(bytes: Uint8Array, size: number): void {
  for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse()
}

/** A .npy file (version 1.0) of a dense, row-major array. */
export function writeNpy(data: NpyElements, shape: readonly number[]): Uint8Array {
  const kind = data.constructor.name.replace(/^(Float|Int|Uint)(\d+)Array$/, (_, word, bits) => `${word[0].toLowerCase()}${bits / 8}`)
  const descr = data.BYTES_PER_ELEMENT === 1 ? `|${kind}` : `${isLittleEndian ? '<' : '>'}${kind}`
  const extents = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const line = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${extents}), }`
  // The elements begin at a multiple of 64, as NumPy writes them.
  const length = Math.ceil((10 + line.length + 1) / 64) * 64 - 10
  const header = Buffer.from(`\x93NUMPY\x01\x00\0\0${line.padEnd(length - 1)}\n`, 'latin1')
  header.writeUInt16LE(length, 8)
  return Buffer.concat([header, Buffer.from(data.buffer, data.byteOffset, data.byteLength)])
}

function rowMajor(shape: readonly number[]): number[] {
  return columnMajor([...shape].reverse()).reverse()
}

function columnMajor(shape: readonly number[]): number[] {
  let next = 1
  return shape.map((extent) => {
    const stride = next
    next *= extent
    return stride
  })
}
