/**
 * Does Python read what we write? Writes arrays of every type, codec and shape of chunks as Zarr of
 * version 2 and as .npy files, and compares them with what zarr and numpy read.
 *
 *     node --conditions=@stridefold/source --import tsx scripts/volumes-in-python.ts
 *
 * Needs python3 with numpy and zarr (Debian: python3-zarr, which reads version 2). A zarr of
 * version 3 or later is also given arrays of version 3, with and without shards.
 */

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { type CodecName, type CreateOptions, createVolume } from '@stridefold/volumes'
import { type DType, type NdArray, zeros } from 'stridefold'

const python = `
import sys, os, json, numpy as np, zarr
folder = sys.argv[1]
major = int(zarr.__version__.split('.')[0])
read = skipped = 0
for name in sorted(os.listdir(folder)):
    path = os.path.join(folder, name)
    what, dtype, extents = name.split('_')[:3]
    shape = [int(n) for n in extents.split('x')]
    if what == 'zarr3' and major < 3:
        skipped += 1
        continue
    x = np.load(path) if what == 'npy' else zarr.open(path, mode='r')[...]
    i = np.arange(np.prod(shape)).reshape(shape)
    expected = ((7 * i + 13 * i * i % 101) % 127).astype(dtype)
    assert x.dtype == expected.dtype and np.array_equal(x, expected), name
    read += 1
print(f'zarr {zarr.__version__}, numpy {np.__version__}: {read} arrays are equal'
      + (f', {skipped} of version 3 were not read' if skipped else ''))
`

const types: readonly DType[] = [
  ...(['float64', 'float32', 'float16', 'int32', 'int16', 'int8', 'uint16', 'uint8'] as const),
]
const codecs: readonly CodecName[] = ['none', 'zstd', 'gzip', 'blosc', 'lz4']
const shapes = [
  { shape: [7], chunks: [3] },
  { shape: [5, 9], chunks: [2, 4] },
  { shape: [3, 4, 5], chunks: [4, 2, 5] },
] as const

const folder = mkdtempSync(join(tmpdir(), 'volumes-'))
try {
  for (const dtype of types)
    for (const [i, { shape, chunks }] of shapes.entries()) {
      const x = samples(shape, dtype)
      const name = `${dtype}_${shape.join('x')}`
      await write(`npy_${name}_.npy`, x, dtype, { chunks })
      const codec = { name: codecs[(i + types.indexOf(dtype)) % codecs.length]! }
      await write(`zarr2_${name}_${codec.name}`, x, dtype, { chunks, codec, format: 'zarr2' })
      await write(`zarr3_${name}_${codec.name}`, x, dtype, { chunks, codec, format: 'zarr3' })
      const shards = chunks.map((extent) => 2 * extent)
      await write(`zarr3_${name}_shards`, x, dtype, { chunks, codec, shards, format: 'zarr3' })
    }
  const { status } = spawnSync('/usr/bin/python3', ['-c', python, folder], { stdio: 'inherit' })
  process.exitCode = status ?? 1
} finally {
  rmSync(folder, { recursive: true })
}

async function write(
  name: string,
  x: NdArray,
  dtype: DType,
  { chunks, ...options }: CreateOptions & { readonly chunks: readonly number[] },
): Promise<void> {
  const out = await createVolume(join(folder, name), { shape: x.shape, dtype, chunks }, options)
  await out.write(
    x.shape.map(() => 0),
    x,
  )
  await out.close(true)
}

function samples(shape: readonly number[], dtype: DType): NdArray {
  const x = zeros([...shape], dtype === 'float16' ? 'float32' : dtype) as NdArray
  for (let i = 0; i < x.data.length; i++) x.data[i] = (7 * i + ((13 * i * i) % 101)) % 127
  return x
}
