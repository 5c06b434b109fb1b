/**
 * Trains the network of the lab's page “Network”, and writes its weights and its accuracy on images
 * that it has not seen. It is the convolutional network of `npm run example:train`, trained in the
 * same way, but half of its images are drawn as a hand draws them. The same seed gives the same
 * file on one kind of processor.
 *
 *     npm run network
 */

import { writeFileSync } from 'node:fs'
import process from 'node:process'
import { draw, type Images, random } from '../examples/shapes/draw.ts'
import { accuracy, networks, toJson, train } from '../examples/train-shapes.ts'
import { handDrawn } from '../lab/src/network/hand-drawn.ts'

const target = new URL('../lab/src/network/shapes-network.json', import.meta.url)
const seed = 1
const steps = Number(process.argv[2] ?? 8000)
/** The images with which the accuracy is measured. */
const tested = { seed: 2026, count: 2000 }

function both(first: Images, second: Images): Images {
  const pixels = new Float32Array(first.pixels.length + second.pixels.length)
  pixels.set(first.pixels)
  pixels.set(second.pixels, first.pixels.length)
  return {
    pixels,
    labels: Uint8Array.of(...first.labels, ...second.labels),
    count: first.count + second.count,
  }
}

const next = random(seed)
const images = both(draw(8000, next), handDrawn(8000, next))
const net = networks(next)[1]!
train(net, images, steps, next, (step, loss) => {
  if ((step + 1) % 500 === 0) process.stderr.write(`step ${step + 1}, loss ${loss.toFixed(3)}\n`)
})
const [drawn, byHand] = [draw, handDrawn].map((make) => make(tested.count, random(tested.seed)))
const { example: _, ...json } = toJson(net, drawn!) as { readonly example: unknown }
const shares = { accuracy: accuracy(net, drawn!), handAccuracy: accuracy(net, byHand!) }
writeFileSync(
  target,
  `${JSON.stringify({ ...json, seed, steps, tested, ...shares }, undefined, 2)}\n`,
)
process.stdout.write(`${JSON.stringify(shares)}\n`)
