/**
 * Two tiny networks learn to tell shapes apart: a dense one, and a convolutional one with a
 * thirteenth of its parameters that does better.
 *
 *     npm run example:train -- [--steps 4000] [--seed 1] [--json] [--save FILE]
 *
 * What article 2's repository does with a data set, on shapes that this program draws itself.
 * Gradients are those of the library: the weights' and the biases' as correlations, the inputs' as
 * transposed layers.
 */

import { writeFileSync } from 'node:fs'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { ndarray } from 'stridefold/sync'
import { draw, names, type Pictures, type Random, random, side } from './shapes/draw.ts'
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
 * A picture's classes are convolved out of it: the last kernel covers what is left, so a score for
 * each class remains.
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

export interface Trained {
  readonly network: Network
  readonly losses: readonly number[]
  readonly seconds: number
}

/** Trains on random batches; `onStep` hears of every step. */
export function train(
  net: Network,
  pictures: Pictures,
  steps: number,
  next: Random,
  onStep: (step: number, loss: number) => void,
): Trained {
  const adam = new Adam(0.003)
  const started = performance.now()
  const losses: number[] = []
  const area = side * side
  for (let step = 0; step < steps; step++) {
    const chosen = Array.from({ length: batchSize }, () => Math.floor(next() * pictures.count))
    const pixels = new Float32Array(batchSize * area)
    chosen.forEach((at, n) =>
      pixels.set(pictures.pixels.subarray(at * area, (at + 1) * area), n * area),
    )
    const values = forward(net, ndarray(pixels, [batchSize, 1, side, side]))
    const { loss, gradient } = crossEntropy(
      values.at(-1)!,
      Uint8Array.from(chosen, (at) => pictures.labels[at]!),
    )
    adam.step(net, backward(net, values, gradient))
    losses.push(loss)
    onStep(step, loss)
  }
  return { network: net, losses, seconds: (performance.now() - started) / 1000 }
}

/** The share of pictures whose highest score is that of their class. */
export function accuracy(net: Network, { pixels, labels, count }: Pictures): number {
  const scores = forward(net, ndarray(pixels, [count, 1, side, side])).at(-1)!.data
  const classes = names.length
  const right = labels.filter((label, n) => {
    const own = Array.from(scores.slice(n * classes, (n + 1) * classes))
    return own.indexOf(Math.max(...own)) === label
  })
  return right.length / count
}

/** The network as JSON that `stridefold profile` reads. */
export function saved({ name, layers }: Network, example: Pictures): object {
  const packed = (data: Float32Array, shape: readonly number[]): object => ({
    shape,
    data: Buffer.from(data.buffer).toString('base64'),
  })
  return {
    name,
    input: [1, side, side],
    classes: names,
    example: packed(example.pixels.slice(0, side * side), [1, 1, side, side]),
    layers: layers.map(({ weight, bias, stride, padding, activation }) => ({
      ...{
        type: 'conv2d',
        weight: packed(weight.data, weight.shape),
        bias: packed(bias.data, bias.shape),
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
    throw new Error('--steps takes a number from 1 on, --seed a whole number.')
  const say = (text: string): void => void (values.json || process.stdout.write(`${text}\n`))
  const next = random(seed)
  say(
    `Drawing 4000 pictures of ${names.join(', ')} to learn from, and 1000 others to be asked ` +
      'about.',
  )
  const [known, unknown] = [draw(4000, next), draw(1000, next)]
  const rows = networks(next).map((net) => {
    const every = Math.max(1, Math.floor(steps / 4))
    const { losses, seconds } = train(net, known, steps, next, (step, loss) => {
      if (process.stderr.isTTY && step % 20 === 0)
        process.stderr.write(`\r${net.name}: step ${step} of ${steps}, loss ${loss.toFixed(3)} `)
      if (!process.stderr.isTTY && (step + 1) % every === 0)
        say(`  ${net.name}: step ${step + 1} of ${steps}, loss ${loss.toFixed(3)}`)
    })
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
    const tail = losses.slice(-50)
    return {
      network: net,
      name: net.name,
      parameters: parameterCount(net),
      loss: tail.reduce((sum, loss) => sum + loss, 0) / tail.length,
      accuracy: accuracy(net, unknown),
      seconds,
    }
  })
  if (values.save !== undefined)
    writeFileSync(values.save, JSON.stringify(saved(rows[1]!.network, unknown)))
  if (values.json) {
    const plain = rows.map(({ network: _, ...row }) => row)
    process.stdout.write(
      `${JSON.stringify({ schemaVersion: 1, steps, seed, networks: plain }, undefined, 2)}\n`,
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
    `\nThe same few weights looked at every place: with ${fewer} times fewer parameters the ` +
      `convolutional network is right ${points} points more often.`,
  )
  if (values.save !== undefined) say(`The convolutional network is in ${values.save}.`)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main()
