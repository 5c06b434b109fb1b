/**
 * Statistics and peak, which the command line and the benchmark share.
 */

import { measurePeak, peakOf, summary } from '@stridefold/measure'
import { expect, test } from 'vitest'

test('the median and the quartiles between samples', () => {
  expect(summary([4, 1, 3, 2])).toMatchObject({
    count: 4,
    min: 1,
    median: 2.5,
    max: 4,
    mean: 2.5,
    spread: (3.25 - 1.75) / 2.5,
  })
  expect(summary([7])).toMatchObject({ median: 7, min: 7, deviation: 0, spread: 0 })
  expect(() => summary([])).toThrow('nothing was measured')
})

test('the peak module is valid and gives a positive number', () => {
  expect(measurePeak()()).toBeGreaterThan(0)
})

test('the peak is the median of the better half of the samples', () => {
  expect(peakOf([10, 60, 64, 20, 62])).toBe(62)
})
