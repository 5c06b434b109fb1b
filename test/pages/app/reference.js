/**
 * Writes the expected results: those of Node. The library compares calls with the definition of
 * convolution in float64 (`verify`).
 */

import { mkdirSync, writeFileSync } from 'node:fs'
import { conv2d, correlate, pipeline } from 'stridefold/sync'
import { calls, inPipeline } from './samples.js'

const functions = {
  ...{ correlate, conv2d },
  pipeline: (x, k, options) => inPipeline(pipeline, 'runSync', x, k, options),
}
mkdirSync('reference', { recursive: true })
for (const [name, { arrays, options }] of Object.entries(calls)) {
  const { data } = functions[name](...arrays(), { ...options, deterministic: true, verify: true })
  writeFileSync(`reference/${name}`, new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
}
