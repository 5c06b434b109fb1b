/** Do the adapters give the results of `process`, and does `process` allocate nothing? */

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { Duplex, Readable } from 'node:stream'
import { createStream } from 'stridefold'
import { expect, test } from 'vitest'
import { makeProject } from './installed.ts'
import { joined, noise, streamed } from './stream-cases.ts'

const [left, right, kernel] = [noise(3000, 1), noise(3000, 2), noise(900, 3)]

test('a TransformStream: arrays of its own, and the last results at its end', async () => {
  const { readable, writable } = createStream(kernel, { channels: 2 }).toTransformStream()
  const source = new ReadableStream<readonly Float32Array[]>({
    start(controller) {
      for (let at = 0; at < 3000; at += 250)
        controller.enqueue([left.subarray(at, at + 250), right.subarray(at, at + 250)])
      controller.close()
    },
  })
  const piped = source.pipeTo(writable)
  const chunks: (readonly Float32Array[])[] = []
  for (const reader = readable.getReader(); ; ) {
    const { done, value } = await reader.read()
    if (done) break
    chunks.push(value as readonly Float32Array[])
  }
  await piped
  expect(chunks.slice(0, -1).map(([first]) => first!.length)).toEqual(new Array(12).fill(250))
  const expected = streamed(kernel, { channels: 2 }, [left, right], [])
  for (const c of [0, 1]) expect(joined(chunks.map((chunk) => chunk[c]!))).toEqual(expected[c])
})

const interleaved = Float32Array.from(
  { length: 6000 },
  (_, i) => (i % 2 === 0 ? left : right)[i >> 1]!,
)

test.each([1, 7, 8, 1000, 24_000])('a Duplex: bytes in pieces of %i', async (size) => {
  const bytes = Buffer.from(interleaved.buffer)
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  )
  const duplex = createStream(kernel, { channels: 2 }).toDuplex(Duplex)
  const chunks = (await Readable.from(pieces).pipe(duplex).toArray()) as Uint8Array[]
  const all = Uint8Array.from(Buffer.concat(chunks))
  const expected = streamed(kernel, { channels: 2 }, [left, right], [])
  const actual = new Float32Array(all.buffer)
  for (const c of [0, 1]) expect(actual.filter((_, i) => i % 2 === c)).toEqual(expected[c])
})

test('a Duplex whose bytes end within a sample fails', async () => {
  const duplex = createStream([1]).toDuplex(Duplex)
  duplex.end(new Uint8Array(6))
  await expect(duplex.toArray()).rejects.toMatchObject({ code: 'SAMPLES_INVALID' })
})

const measure = `
import { createStream } from 'stridefold/sync'
const noise = (length) => Float32Array.from({ length }, () => Math.random() * 2 - 1)
const stream = createStream(noise(100_000), { channels: 2 })
const samples = [noise(128), noise(128)]
const round = () => {
  gc()
  const before = process.memoryUsage().heapUsed
  for (let call = 0; call < 10_000; call++) stream.process(samples)
  return (process.memoryUsage().heapUsed - before) / 10_000
}
// The engine compiles some functions only after some 100,000 calls.
let bytes = Infinity
for (let i = 0; i < 60 && bytes >= 8; i++) bytes = round()
console.log(bytes)
`

test('process allocates nothing after the first calls, from the built package', async () => {
  const project = await makeProject({ 'measure.mjs': measure })
  try {
    const file = join(project.folder, 'measure.mjs')
    const bytes = Number(
      execFileSync(process.execPath, ['--expose-gc', file], { encoding: 'utf8' }),
    )
    // The smallest object has 12 bytes. The rest is what the engine itself does meanwhile.
    expect(bytes).toBeLessThan(8)
  } finally {
    project.remove()
  }
}, 120_000)
