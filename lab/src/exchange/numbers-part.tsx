/** Input, kernel, output and window matrix as CSV and as `.npy`. */

import type { JSX } from 'preact'
import { parseCase } from 'stridefold/sync'
import { product } from '../model/numbers.ts'
import { inputShape, kernelShape } from '../state/resized.ts'
import { state } from '../state/store.ts'
import { csvOf, fileName, npyOf, type Save } from './data-files.ts'
import { texts } from './messages/index.ts'
import {
  type ArrayName,
  arrayNamed,
  arrayNames,
  matrixShape,
  maxMatrix,
  pageArrays,
} from './page-arrays.ts'

export function NumbersPart({ save }: { readonly save: Save }): JSX.Element {
  const text = texts()
  const g = parseCase(state.value.problem)
  const shapes: Readonly<Record<ArrayName, readonly number[]>> = {
    input: inputShape(g),
    kernel: kernelShape(g),
    output: [g.batch, g.filters, ...g.axes.map((axis) => axis.output)],
    matrix: matrixShape(g),
  }
  const count = product(shapes.matrix)
  const number = (value: number): string => value.toLocaleString(state.value.language)
  const saveArray = (name: ArrayName, ending: 'csv' | 'npy'): void =>
    save(fileName(name, shapeText(shapes[name], name), ending), () => {
      const array = arrayNamed(name, pageArrays())
      return ending === 'npy'
        ? new Blob([npyOf(array)], { type: 'application/octet-stream' })
        : csvOf(array)
    })
  return (
    <section aria-labelledby="save-numbers">
      <h3 id="save-numbers">{text.numbersTitle}</h3>
      <table class="save-arrays">
        <tbody>
          {arrayNames.map((name) => (
            <tr key={name}>
              <th scope="row" class={`of-${name}`}>
                {text.arrays[name]}
              </th>
              <td>{shapeText(shapes[name], name).join(' × ')}</td>
              {(['csv', 'npy'] as const).map((ending) => (
                <td key={ending}>
                  <button
                    type="button"
                    data-save={`${name}.${ending}`}
                    disabled={name === 'matrix' && count > maxMatrix}
                    aria-label={text.save(text.arrays[name], endings[ending])}
                    onClick={() => saveArray(name, ending)}
                  >
                    {endings[ending]}
                  </button>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {count > maxMatrix && <p>{text.matrixLarge(number(count), number(maxMatrix))}</p>}
    </section>
  )
}

const endings = { csv: 'CSV', npy: '.npy' } as const

/** A plane has two extents. */
const shapeText = (shape: readonly number[], name: ArrayName): readonly number[] =>
  name !== 'matrix' && shape[0] === 1 && shape[1] === 1 ? shape.slice(2) : shape
