/**
 * Writes a volume to look at, if there is none: fibres with beads, as a microscope sees them, with
 * noise. One file holds all chunks, and a page reads only the parts of it that it needs.
 */

import { createVolume, existingVolume } from '@stridefold/volumes'
import { slice } from 'stridefold'

const shape = [48, 256, 256] as const
const [depth, height, width] = shape
/** Micrometres between two samples: slices are farther apart than pixels. */
const scale = { z: 1, y: 0.5, x: 0.5 }

export async function makeSample(address: string): Promise<void> {
  if ((await existingVolume(address)) !== undefined) return
  const chunks = [8, 64, 64]
  const axes = (['z', 'y', 'x'] as const).map((name) => ({
    ...{ name, type: 'space' as const, unit: 'micrometer', scale: scale[name], translation: 0 },
  }))
  const volume = await createVolume(
    address,
    { shape, dtype: 'uint16', chunks, axes },
    { format: 'zarr3', shards: [depth, height, width], codec: { name: 'zstd', level: 3 } },
  )
  await volume.write([0, 0, 0], slice({ data: samples(), shape }))
  await volume.close(true)
}

function samples(): Uint16Array<ArrayBuffer> {
  const next = random(11)
  const light = new Float32Array(depth * height * width)
  for (let fibre = 0; fibre < 26; fibre++) {
    let [z, y, x] = [next() * depth, next() * height, next() * width]
    let direction = 2 * Math.PI * next()
    for (let step = 0; step < 420; step++) {
      const isBead = next() < 0.03
      stamp(light, [z, y, x], isBead ? 3 : 1.3, isBead ? 2600 : 420)
      direction += 0.25 * (next() - 0.5)
      z += 0.24 * (next() - 0.5)
      y += 0.7 * Math.sin(direction)
      x += 0.7 * Math.cos(direction)
    }
  }
  return Uint16Array.from(light, (value) => {
    const noise = next() + next() + next() - 1.5
    return Math.max(0, Math.round(220 + value + noise * (120 + 6 * Math.sqrt(value))))
  })
}

/** Adds a spot of light. `radius` is a sigma in pixels. */
function stamp(
  light: Float32Array,
  [z, y, x]: readonly [number, number, number],
  radius: number,
  brightness: number,
): void {
  const reach = Math.ceil(2.5 * radius)
  const aspect = scale.z / scale.y
  for (let k = Math.round(z) - reach; k <= Math.round(z) + reach; k++)
    for (let i = Math.round(y) - reach; i <= Math.round(y) + reach; i++)
      for (let j = Math.round(x) - reach; j <= Math.round(x) + reach; j++) {
        if (k < 0 || k >= depth || i < 0 || i >= height || j < 0 || j >= width) continue
        const distance = (aspect * (k - z)) ** 2 + (i - y) ** 2 + (j - x) ** 2
        light[(k * height + i) * width + j]! += brightness * Math.exp(-distance / (2 * radius ** 2))
      }
}

/** Random numbers in [0, 1) that are the same each time (mulberry32). */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
