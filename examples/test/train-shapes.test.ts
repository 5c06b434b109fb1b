/**
 * Tests the training example: its gradients are those of its loss, its loss falls, and a seed
 * determines all results.
 */

import { type NdArray, ndarray } from 'stridefold/sync'
import { describe, expect, test } from 'vitest'
import { draw, random, side } from '../shapes/draw.ts'
import { backward, crossEntropy, forward, network, parameterCount } from '../shapes/network.ts'
import { accuracy, networks, toJson, train } from '../train-shapes.ts'

const ignoreStep = (): void => {}
const mean = (values: readonly number[]): number =>
  values.reduce((sum, v) => sum + v, 0) / values.length

describe('training on shapes', () => {
  test('the gradient of a weight or bias equals the change of the loss when it changes', () => {
    const next = random(3)
    const plans = [
      { filters: 3, kernel: 3, stride: 2, padding: 1 },
      { filters: 4, kernel: 3, padding: 1 },
      { filters: 4, kernel: 5 },
    ]
    const net = network('small', 1, plans, next)
    const pixels: NdArray = ndarray(
      Float32Array.from({ length: 2 * 100 }, () => next() - 0.5),
      [2, 1, 10, 10],
    )
    // Half of the hidden channels are always positive and half always negative. So no value is near
    // zero, where relu has no derivative.
    for (const { weight, bias } of net.layers.slice(0, -1)) {
      weight.data.set(weight.data.map((w) => w / 10))
      bias.data.set(bias.data.map((_, c) => (c % 2 === 0 ? 2 : -2)))
    }
    const labels = Uint8Array.of(1, 3)
    const loss = (): number => crossEntropy(forward(net, pixels).at(-1)!, labels).loss
    const values = forward(net, pixels)
    const gradients = backward(net, values, crossEntropy(values.at(-1)!, labels).gradient)
    net.layers.forEach((layer, l) => {
      for (const part of ['weight', 'bias'] as const) {
        const { data } = layer[part]
        const at = Math.floor(next() * data.length)
        const before = data[at]!
        const h = 2 ** -7
        data[at] = before + h
        const above = loss()
        data[at] = before - h
        const below = loss()
        data[at] = before
        // The error of float32 sums of a loss near 1, divided by 2h, plus the third derivative
        // times h²/6.
        expect(Math.abs(gradients[l]![part].data[at]! - (above - below) / (2 * h))).toBeLessThan(
          (16 * 2 ** -23) / (2 * h) + h * h,
        )
      }
    })
  })

  test(
    'the loss falls, the convolutional network is smaller and more accurate, and a seed ' +
      'determines all results',
    () => {
      const run = (): { losses: readonly number[]; accuracy: number; parameters: number }[] => {
        const next = random(5)
        const [training, testing] = [draw(2000, next), draw(300, next)]
        return networks(next).map((net) => {
          const { losses } = train(net, training, 600, next, ignoreStep)
          return { losses, accuracy: accuracy(net, testing), parameters: parameterCount(net) }
        })
      }
      const [dense, convolutional] = run()
      for (const { losses } of [dense!, convolutional!])
        expect(mean(losses.slice(-25))).toBeLessThan(mean(losses.slice(0, 25)))
      expect(convolutional!.accuracy).toBeGreaterThan(dense!.accuracy)
      expect(convolutional!.parameters * 10).toBeLessThan(dense!.parameters)
      expect(run()).toEqual([dense, convolutional])
    },
  )

  test('a drawn shape is brighter inside than outside, and the JSON contains every weight', () => {
    const { pixels, labels } = draw(50, random(1))
    expect(new Set(labels).size).toBe(4)
    expect(pixels.length).toBe(50 * side * side)
    expect(Math.max(...pixels)).toBeGreaterThan(0.8)
    expect(Math.min(...pixels)).toBeLessThan(-0.8)
    const net = networks(random(1))[1]!
    const file = JSON.parse(JSON.stringify(toJson(net, draw(1, random(1))))) as {
      layers: { weight: { shape: number[]; data: string } }[]
    }
    const decoded = new Float32Array(
      new Uint8Array(Buffer.from(file.layers[0]!.weight.data, 'base64')).buffer,
    )
    expect([...decoded]).toEqual([...net.layers[0]!.weight.data])
  })
})
