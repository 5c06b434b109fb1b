/** The arrays of the two calls: the same in Node and in all pages. */

import { ndarray } from 'stridefold'

/** Numbers of a few bits, without a pattern that a wrong stride would meet again. */
function fill(shape, seed) {
  const length = shape.reduce((n, extent) => n * extent, 1)
  let state = seed
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return ((state >>> 16) % 61) / 16 - 1.875
  }
  return ndarray(Float32Array.from({ length }, next), shape)
}

/** A layer and a pooling as one. `run` is `'run'` or `'runSync'`. */
export function inPipeline(pipeline, run, x, weight, { deterministic = false }) {
  const steps = [
    { call: 'conv2d', weight, options: { padding: 1 } },
    { call: 'maxPool2d', size: 2 },
  ]
  return pipeline(steps, { inputShape: x.shape, deterministic })[run](x)
}

/** Work enough for threads: 150 and 460 million products. */
export const calls = {
  correlate: { arrays: () => [fill([1000, 700], 1), fill([15, 15], 2)], options: {} },
  conv2d: {
    arrays: () => [fill([1, 64, 112, 112], 3), fill([64, 64, 3, 3], 4)],
    options: { padding: 1 },
  },
  pipeline: {
    arrays: () => [fill([1, 64, 112, 112], 5), fill([64, 64, 3, 3], 6)],
    options: {},
  },
}
