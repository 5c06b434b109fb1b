/**
 * Writes the expected results: those of Node, which the library compares with the definition of
 * convolution in float64 (`verify`).
 */

import { mkdirSync, writeFileSync } from 'node:fs'
import { conv2d, correlate } from 'stridefold/sync'
import { calls } from './samples.js'

const functions = { correlate, conv2d }
mkdirSync('reference', { recursive: true })
for (const [name, { arrays, options }] of Object.entries(calls)) {
  const { data } = functions[name](...arrays(), { ...options, deterministic: true, verify: true })
  writeFileSync(`reference/${name}`, new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
}
