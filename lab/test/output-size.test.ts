/**
 * The formula of the output's size in the lab is the one of the library, with the same numbers.
 */

import { parseCase, solveShape } from 'stridefold/sync'
import { expect, test } from 'vitest'
import { outputSizeFormula } from '../src/model/output-size.ts'
import { open } from './browser.ts'

const cases = [
  [7, 3, 1, 1, 0, 0],
  [9, 3, 2, 1, 1, 1],
  [12, 4, 3, 2, 2, 0],
  [5, 5, 1, 1, 4, 4],
] as const

test.each(cases)('input %i, kernel %i, stride %i, dilation %i, padding %i:%i', (...numbers) => {
  const [input, kernel, stride, dilation, before, after] = numbers
  const [axis] = parseCase(`${input} * ${kernel} s${stride} d${dilation} p${before}:${after}`).axes
  const { sentence } = solveShape(
    { input, kernel, stride, dilation, padding: [before, after] },
    { dialect: 'onnx-upper' },
  )
  expect(`output ${axis!.output} = ${outputSizeFormula(axis!)}`).toBe(sentence)
})

test('negative padding, and zeros between samples', () => {
  const [axis] = parseCase('5 * 3 i2 p-1:2').axes
  expect(outputSizeFormula(axis!)).toBe('9 − 1 + 2 − 3 + 1')
  expect(axis!.output).toBe(8)
})

test('the page writes the formula in this form, for its problem and in the solver', async () => {
  const page = await open(
    '#v1&case=9x7_*_3x3_s2,1_p1&views=modes&solve=onnx-upper,input:9,kernel:3,stride:2,padding:1:1',
  )
  const formulas = await page.locator('.places .formula').allTextContents()
  expect(formulas).toEqual(['⌈(9 + 1 + 1 − 3 + 1) / 2⌉ = 5', '7 + 1 + 1 − 3 + 1 = 7'])
  expect(await page.locator('[data-answer]').textContent()).toContain('⌈(9 + 1 + 1 − 3 + 1) / 2⌉')
})
