/**
 * What does the library compute here, and with which threads? `deterministic` results must have the
 * bits of Node. The others must be as near as two sums of float32 in any order can be.
 */

import { capabilities, configure, conv2d, correlate, pipeline } from 'stridefold'
import { calls, inPipeline } from './samples.js'

const functions = {
  ...{ correlate, conv2d },
  pipeline: (x, k, options) => inPipeline(pipeline, 'run', x, k, options),
}
const epsilon = 2 ** -24

export async function check({ workerUrl }) {
  const workers = watchWorkers()
  configure(workerUrl === undefined ? { threads: 2 } : { threads: 2, workerUrl })
  const found = {}
  for (const [name, { arrays, options }] of Object.entries(calls)) {
    const [x, k] = arrays()
    const expected = await referenceOf(name)
    const same = await functions[name](x, k, { ...options, deterministic: true })
    const usual = await functions[name](x, k, options)
    found[name] = {
      differentBits: count(same.data, (v, i) => !Object.is(v, expected[i])),
      outOfBound: outOfBound(usual.data, expected, x, k),
    }
  }
  const { threads, missing, sharedMemory } = capabilities()
  return { calls: found, threads, why: missing.threads, sharedMemory, ...workers }
}

/** The result of Node, after which the page has nothing else to compare with. */
async function referenceOf(name) {
  const response = await fetch(`/reference/${name}`)
  return new Float32Array(await response.arrayBuffer())
}

const count = (data, isOne) => data.reduce((n, value, i) => n + (isOne(value, i) ? 1 : 0), 0)

/** Elements further from the reference than twice the bound of a sum of so many terms. */
function outOfBound(data, expected, x, k) {
  const terms = k.data.length / (k.shape.length === 4 ? k.shape[0] : 1)
  const most = (values) => values.reduce((m, value) => Math.max(m, Math.abs(value)), 0)
  const bound = 2 * terms * epsilon * terms * most(x.data) * most(k.data)
  return count(data, (value, i) => !(Math.abs(value - expected[i]) <= bound))
}

/** Counts the workers that the library starts, and what they post back. */
function watchWorkers() {
  const seen = { started: 0, posted: 0 }
  const Native = globalThis.Worker
  globalThis.Worker = class extends Native {
    constructor(...settings) {
      super(...settings)
      seen.started++
      this.addEventListener('message', () => seen.posted++)
    }
  }
  return seen
}
