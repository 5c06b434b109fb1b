/**
 * Writes a .npy file by chunks, in any order, from several processes of one machine. What is
 * finished stands in a journal, so that a later run goes on (unfinished.ts).
 */

import type { FileHandle } from 'node:fs/promises'
import type { DType, NdArray } from 'stridefold'
import { ndarray } from 'stridefold'
import { readNpyHeader, writeNpy } from 'stridefold/npy'
import { chunksIn, copyElements, denseStrides, newArray, product } from '../boxes.ts'
import { bytesOf, bytesOfSamples } from '../element-types.ts'
import { namelessAxis } from '../linear/open-linear.ts'
import type { ArrayInfo, WritableArray } from '../stored-array.ts'
import { fs } from '../stores/host.ts'
import { codeOf, writeError } from '../stores/system-errors.ts'
import { checkWrite } from '../write-checks.ts'
import { partsOf, type UnfinishedInfo, unfinishedFolder } from './unfinished.ts'

/** Fills the new folder of an unfinished file. */
export async function createUnfinished(folder: string, info: UnfinishedInfo): Promise<void> {
  const parts = partsOf(folder)
  const head = headerOf(info.dtype, info.shape)
  const array = await fs().open(parts.array, 'wx')
  try {
    await array.write(head)
    await array.truncate(head.length + product(info.shape) * bytesOf(info.dtype))
  } finally {
    await array.close()
  }
  const chunks = info.shape.map((extent, axis) => Math.ceil(extent / info.chunks[axis]!))
  await fs().writeFile(parts.done, new Uint8Array(product(chunks)))
  await fs().writeFile(parts.info, JSON.stringify(info))
}

/** The header that stridefold/npy writes for such an array, without the array. */
function headerOf(dtype: DType, shape: readonly number[]): Uint8Array {
  const { data } = newArray([0], dtype === 'float16' ? 'float32' : dtype)
  const empty = ndarray(data, [0])
  const whole = writeNpy(empty, dtype === 'float16' ? { dtype } : {})
  const { byteOffset } = readNpyHeader(whole)
  const text = new TextDecoder('latin1').decode(whole.subarray(10, byteOffset))
  const tuple = `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`
  const dictionary = text.replace('(0,)', tuple).trimEnd()
  // The elements begin at a multiple of 64.
  const total = Math.ceil((11 + dictionary.length) / 64) * 64
  const padded = `\x93NUMPY\x01\0\0\0${dictionary.padEnd(total - 11)}\n`
  const head = Uint8Array.from(padded, (character) => character.charCodeAt(0))
  new DataView(head.buffer).setUint16(8, total - 10, true)
  return head
}

/** Opens an unfinished file for writing. */
export async function npyWriter(
  path: string,
  address: string,
  info: UnfinishedInfo,
): Promise<WritableArray> {
  const { shape, dtype, chunks } = info
  const parts = partsOf(unfinishedFolder(path))
  const guard = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error) => {
      throw writeError(address, error)
    })
  const array = await guard(fs().open(parts.array, 'r+'))
  const done = await guard(fs().open(parts.done, 'r+')).catch(async (error) => {
    await array.close()
    throw error
  })
  const byteOffset = headerOf(dtype, shape).length
  const strides = denseStrides(shape)
  const counts = shape.map((extent, axis) => Math.ceil(extent / chunks[axis]!))
  const placeOf = (chunk: readonly number[]): number =>
    chunk.reduce((sum, at, axis) => sum * counts[axis]! + at, 0)
  const arrayInfo: ArrayInfo = {
    shape,
    dtype,
    chunks,
    axes: shape.map((_, axis) => namelessAxis(axis)),
    attributes: info.attributes,
  }
  let attributes = info.attributes
  return {
    ...arrayInfo,
    get attributes() {
      return attributes
    },
    address,
    bytesOfWrite: product(chunks) * bytesOf(dtype),
    write: async (start, samples) => {
      const box = checkWrite(arrayInfo, start, samples, address)
      const dense = bytesOfSamples(asDense(samples), dtype)
      const first = start.reduce((sum, at, axis) => sum + at * strides[axis]!, 0)
      for (const run of runsOf(samples.shape, strides))
        await guard(
          writeAll(
            array,
            dense.subarray(run.from * bytesOf(dtype), (run.from + run.length) * bytesOf(dtype)),
            byteOffset + (first + run.to) * bytesOf(dtype),
          ),
        )
      // After a power cut the journal must not promise what never came to the disk.
      await guard(array.datasync())
      for (const chunk of chunksIn(box, chunks))
        await guard(writeAll(done, Uint8Array.of(1), placeOf(chunk)))
    },
    isWritten: async (chunk) => {
      const byte = new Uint8Array(1)
      await done.read(byte, 0, 1, placeOf(chunk))
      return byte[0] === 1
    },
    setAttributes: async (changes) => {
      attributes = { ...attributes, ...changes }
      const temporary = `${parts.info}.new`
      await guard(fs().writeFile(temporary, JSON.stringify({ ...info, attributes })))
      await guard(fs().rename(temporary, parts.info))
    },
    close: async (complete) => {
      try {
        if (!complete) return
        await guard(array.sync())
        await finish(path, address)
      } finally {
        await array.close()
        await done.close()
      }
    },
  }
}

/** Gives the file its name. Another writer may have done so before. */
async function finish(path: string, address: string): Promise<void> {
  const folder = unfinishedFolder(path)
  try {
    await fs().rename(partsOf(folder).array, path)
  } catch (error) {
    const taken =
      codeOf(error) === 'ENOENT' &&
      (await fs()
        .stat(path)
        .catch(() => undefined))
    if (!taken) throw writeError(address, error)
  }
  await fs().rm(folder, { recursive: true, force: true })
}

async function writeAll(file: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  for (let at = 0; at < bytes.length; )
    at += (await file.write(bytes, at, bytes.length - at, offset + at)).bytesWritten
}

function asDense(samples: NdArray): NdArray {
  const dense = denseStrides(samples.shape)
  if (samples.strides.every((step, axis) => step === dense[axis] || samples.shape[axis] === 1))
    return samples
  const copy = newArray(samples.shape, samples.dtype)
  copyElements({ data: copy.data, offset: 0, strides: dense }, samples, samples.shape)
  return copy
}

/** The contiguous runs of a box in the file, and where they lie in the dense samples. */
function* runsOf(
  shape: readonly number[],
  strides: readonly number[],
): Generator<{ readonly from: number; readonly to: number; readonly length: number }> {
  let axis = shape.length
  let length = 1
  while (axis > 0 && (strides[axis - 1] === length || shape[axis - 1] === 1))
    length *= shape[--axis]!
  const outer = shape.slice(0, axis)
  let from = 0
  for (const at of chunksIn(
    outer.map((extent) => [0, extent]),
    outer.map(() => 1),
  )) {
    yield { from, to: at.reduce((sum, index, each) => sum + index * strides[each]!, 0), length }
    from += length
  }
}
