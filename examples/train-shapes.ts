/**
 * Trains two tiny networks to classify shapes: a dense network, and a convolutional network that
 * has a thirteenth of the parameters and a higher accuracy.
 *
 *     npm run example:train -- [--steps 4000] [--seed 1] [--json] [--save FILE]
 *
 * It does what the repository of article 2 does with a data set, on shapes that this program draws.
 * The library computes the gradients: those of weights and biases as correlations, those of inputs
 * as transposed layers.
 */

import { writeFileSync } from 'node:fs'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { ndarray } from 'stridefold/sync'
import { draw, type Images, names, type Random, random, side } from './shapes/draw.ts'
import {
  Adam,
  backward,
  crossEntropy,
  forward,
  type Network,
  network,
  parameterCount,
} from './shapes/network.ts'

const batchSize = 32

/**
 * Returns the two networks. The last kernel covers all that the layers before it leave of the
 * image, so the result is one score per class.
 */
export function networks(next: Random): Network[] {
  return [
    network(
      'dense 400-100-4',
      1,
      [
        { filters: 100, kernel: side },
        { filters: names.length, kernel: 1 },
      ],
      next,
    ),
    network(
      'convolutional',
      1,
      [
        { filters: 8, kernel: 5, stride: 2, padding: 2 },
        { filters: 16, kernel: 3, stride: 2, padding: 1 },
        { filters: names.length, kernel: 5 },
      ],
      next,
    ),
  ]
}

export interface TrainingResult {
  readonly network: Network
  readonly losses: readonly number[]
  readonly seconds: number
}

/** Trains on random batches, and calls `onStep` after every step. */
export function train(
  net: Network,
  images: Images,
  steps: number,
  next: Random,
  onStep: (step: number, loss: number) => void,
): TrainingResult {
  const adam = new Adam(0.003)
  const startTime = performance.now()
  const losses: number[] = []
  const area = side * side
  for (let step = 0; step < steps; step++) {
    const indices = Array.from({ length: batchSize }, () => Math.floor(next() * images.count))
    const pixels = new Float32Array(batchSize * area)
    indices.forEach((at, n) =>
      pixels.set(images.pixels.subarray(at * area, (at + 1) * area), n * area),
    )
    const values = forward(net, ndarray(pixels, [batchSize, 1, side, side]))
    const { loss, gradient } = crossEntropy(
      values.at(-1)!,
      Uint8Array.from(indices, (at) => images.labels[at]!),
    )
    adam.step(net, backward(net, values, gradient))
    losses.push(loss)
    onStep(step, loss)
  }
  return { network: net, losses, seconds: (performance.now() - startTime) / 1000 }
}

/** Returns the share of images whose highest score is that of their class. */
export function accuracy(net: Network, { pixels, labels, count }: Images): number {
  const scores = forward(net, ndarray(pixels, [count, 1, side, side])).at(-1)!.data
  const classes = names.length
  const correct = labels.filter((label, n) => {
    const imageScores = Array.from(scores.slice(n * classes, (n + 1) * classes))
    return imageScores.indexOf(Math.max(...imageScores)) === label
  })
  return correct.length / count
}

/** Returns the network as JSON that `stridefold profile` reads. */
export function toJson({ name, layers }: Network, example: Images): object {
  const pack = (data: Float32Array, shape: readonly number[]): object => ({
    shape,
    data: Buffer.from(data.buffer).toString('base64'),
  })
  return {
    name,
    input: [1, side, side],
    classes: names,
    example: pack(example.pixels.slice(0, side * side), [1, 1, side, side]),
    layers: layers.map(({ weight, bias, stride, padding, activation }) => ({
      ...{
        type: 'conv2d',
        weight: pack(weight.data, weight.shape),
        bias: pack(bias.data, bias.shape),
        stride,
        padding,
      },
      ...(activation && { activation }),
    })),
  }
}

function main(): void {
  const { values } = parseArgs({
    options: {
      steps: { type: 'string', default: '4000' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      save: { type: 'string' },
    },
  })
  const [steps, seed] = [Number(values.steps), Number(values.seed)]
  if (!Number.isInteger(steps) || steps < 1 || !Number.isInteger(seed))
    throw new Error('--steps must be a whole number from 1 on, and --seed a whole number.')
  const say = (text: string): void => void (values.json || process.stdout.write(`${text}\n`))
  const next = random(seed)
  say(`Drawing 4000 images of ${names.join(', ')} to train on, and 1000 others to test with.`)
  const [training, testing] = [draw(4000, next), draw(1000, next)]
  const rows = networks(next).map((net) => {
    const reportInterval = Math.max(1, Math.floor(steps / 4))
    const { losses, seconds } = train(net, training, steps, next, (step, loss) => {
      if (process.stderr.isTTY && step % 20 === 0)
        process.stderr.write(`\r${net.name}: step ${step} of ${steps}, loss ${loss.toFixed(3)} `)
      if (!process.stderr.isTTY && (step + 1) % reportInterval === 0)
        say(`  ${net.name}: step ${step + 1} of ${steps}, loss ${loss.toFixed(3)}`)
    })
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
    const lastLosses = losses.slice(-50)
    return {
      network: net,
      name: net.name,
      parameters: parameterCount(net),
      loss: lastLosses.reduce((sum, loss) => sum + loss, 0) / lastLosses.length,
      accuracy: accuracy(net, testing),
      seconds,
    }
  })
  if (values.save !== undefined)
    writeFileSync(values.save, JSON.stringify(toJson(rows[1]!.network, testing)))
  if (values.json) {
    const rowsWithoutNetworks = rows.map(({ network: _, ...row }) => row)
    process.stdout.write(
      `${JSON.stringify({ schemaVersion: 1, steps, seed, networks: rowsWithoutNetworks }, undefined, 2)}\n`,
    )
    return
  }
  say('\nnetwork            parameters   right answers   training')
  for (const row of rows) {
    const share = `${(100 * row.accuracy).toFixed(1)} %`
    say(
      `${row.name.padEnd(18)} ${String(row.parameters).padStart(10)} ${share.padStart(15)} ` +
        `${`${row.seconds.toFixed(1)} s`.padStart(10)}`,
    )
  }
  const [dense, convolutional] = [rows[0]!, rows[1]!]
  const fewer = (dense.parameters / convolutional.parameters).toFixed(0)
  const points = (100 * (convolutional.accuracy - dense.accuracy)).toFixed(1)
  say(
    `\nThe convolutional network applies the same few weights at every position. It has ${fewer} ` +
      `times fewer parameters, and its accuracy is ${points} percentage points higher.`,
  )
  if (values.save !== undefined) say(`The convolutional network was saved to ${values.save}.`)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main()
