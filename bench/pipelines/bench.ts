/**
 * `npm run bench:pipelines`: whole networks. Runs each as a pipeline, as the sum of its single
 * prepared layers, in ONNX Runtime Web and in TensorFlow.js. Compares the results first, then
 * interleaves the rounds.
 *
 *     npm run bench:pipelines -- [resnet | mobilenet] [--rounds 30] [--threads 1]
 *
 * The libraries are those of `npm run bench`; it installs them into bench/rivals.
 */

import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import {
  interleaved,
  machine,
  machineLine,
  signedUniform,
  summary,
  timeOnce,
} from '@stridefold/measure'
import { type NdArray, pipeline, plan, zeros } from 'stridefold/sync'
import { mobileNetV2, type Network, resNet18 } from './networks.ts'
import { onnxNetwork } from './onnx.ts'
import type { ReadyNetwork } from './rival.ts'
import { tfjsNetwork } from './tfjs.ts'

const { values, positionals } = parseArgs({
  options: {
    rounds: { type: 'string', default: '30' },
    threads: { type: 'string', default: '1' },
  },
  allowPositionals: true,
})
const threads = Number(values.threads)
const folder = join(import.meta.dirname, '../rivals')
const require = createRequire(join(folder, 'package.json'))
const makers = [resNet18, mobileNetV2].filter(
  ({ name }) =>
    positionals.length === 0 || positionals.some((part) => name.toLowerCase().startsWith(part)),
)
console.log(machineLine(machine()))
for (const make of makers) await measure(make())
process.exit(0)

async function measure(network: Network): Promise<void> {
  const { steps, inputShape, name } = network
  const count = inputShape.reduce((n, extent) => n * extent, 1)
  const input = Float32Array.from(signedUniform(count, 1))
  const start = performance.now()
  const net = pipeline(steps, { inputShape, threads })
  const made = performance.now() - start
  const ours: ReadyNetwork = { name: 'pipeline', run: () => net.runSync(input).data }
  const layers = singleLayers(network, net.steps)
  // The shortest time of each layer, in the pipeline and on its own.
  const shortest = layers.runs.map(() => ({ inPipeline: Infinity, alone: Infinity }))
  const single: ReadyNetwork = {
    name: 'the sum of its prepared layers',
    run: () => {
      for (const [i, { run }] of layers.runs.entries()) {
        const time = timeOnce(run).milliseconds
        shortest[i]!.alone = Math.min(shortest[i]!.alone, time)
      }
      return new Float32Array(0)
    },
  }
  const timed: ReadyNetwork = {
    name: 'pipeline, each step timed',
    run: () => {
      const { output, milliseconds } = net.timeSync(input)
      for (const [i, { step }] of layers.runs.entries())
        shortest[i]!.inPipeline = Math.min(shortest[i]!.inPipeline, milliseconds[step]!)
      return output.data
    },
  }
  const rivals = existsSync(join(folder, 'node_modules/onnxruntime-web'))
    ? [
        await onnxNetwork(require, network, net.outputShape, input, threads),
        await tfjsNetwork(require, network, input),
      ]
    : []
  if (rivals.length === 0)
    console.error(
      '! The rivals are not installed: npm install --ignore-scripts --prefix bench/rivals',
    )

  console.log(
    `\n${name}, ${inputShape.join('×')}: ${steps.length} steps, made in ${made.toFixed(0)} ms, ` +
      `workspaceBytes ${(net.workspaceBytes / 2 ** 20).toFixed(1)} MiB`,
  )
  const result = Float32Array.from(await ours.run())
  for (const rival of rivals) compare(rival.name, await rival.run(), result, layers.errorBound)
  const forms = [ours, timed, single, ...rivals]
  const samples = await interleaved(forms, {
    ...{ samples: Number(values.rounds), minMs: 1, warmUps: 3 },
  })
  const base = summary(samples[0]!.samples)
  for (const { name: form, samples: all } of samples) {
    const { min, median } = summary(all)
    console.log(
      `  ${form.padEnd(40)} min ${min.toFixed(2).padStart(8)} ms  median ` +
        `${median.toFixed(2).padStart(8)} ms  ${(min / base.min).toFixed(2)} × (median ` +
        `${(median / base.median).toFixed(2)} ×)`,
    )
  }
  const sum = (of: (times: (typeof shortest)[number]) => number): number =>
    shortest.reduce((total, times) => total + of(times), 0)
  const [inPipeline, alone] = [sum((times) => times.inPipeline), sum((times) => times.alone)]
  console.log(
    `  the shortest times of all layers: ${inPipeline.toFixed(2)} ms in the pipeline, ` +
      `${alone.toFixed(2)} ms alone: ${(inPipeline / alone).toFixed(2)} ×`,
  )
}

interface SingleLayer {
  readonly step: number
  readonly run: () => void
}

/**
 * The convolution layers of a network as prepared plans, each on arrays of its own in the memory of
 * the backend, and the sum of their error bounds.
 */
function singleLayers(
  { steps, inputShape }: Network,
  infos: readonly { readonly outputShape: readonly number[] }[],
): { readonly runs: readonly SingleLayer[]; readonly errorBound: number } {
  const shapeOf = (step: number): number[] => [
    ...(step < 0 ? inputShape : infos[step]!.outputShape),
  ]
  let errorBound = 0
  const runs = steps.flatMap((step, index) => {
    if (step.call !== 'conv2d') return []
    const next = steps[index + 1]
    const activation = next?.call === 'activation' ? { activation: next.activation } : {}
    const from = typeof step.from === 'number' ? step.from : index - 1
    const weight = step.weight as NdArray
    const options = { ...step.options, ...activation, threads }
    const planned = plan('conv2d', shapeOf(from), weight.shape, options)
    const { errorBound: bound } = planned.candidates.find(
      ({ algorithm }) => algorithm === planned.algorithm,
    )!
    errorBound += bound
    const prepared = planned.prepare(weight)
    const x = zeros(shapeOf(from), 'float32', { memory: 'backend' })
    // Constant samples would be faster: most numbers of their Winograd transform are 0.
    x.data.set(signedUniform(x.data.length, index))
    const y = zeros(shapeOf(index), 'float32', { memory: 'backend' })
    return [{ step: index, run: () => void prepared.runSync(x, undefined, y) }]
  })
  return { runs, errorBound }
}

/** Prints the largest difference of two results. Ends with code 4 if it exceeds the bound. */
function compare(name: string, theirs: Float32Array, ours: Float32Array, bound: number): void {
  const largest = ours.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const difference = ours.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - theirs[i]!)),
    0,
  )
  const share = difference / largest
  const isEqual = share <= bound
  console.log(
    `  ${isEqual ? 'equal to' : 'DIFFERS from'} ${name}: largest difference ` +
      `${share.toExponential(1)} of the largest result, bound ${bound.toExponential(1)}`,
  )
  if (!isEqual) process.exit(4)
}
