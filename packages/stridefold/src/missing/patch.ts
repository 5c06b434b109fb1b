/**
 * Few missing samples: the plain call with 0 in their place computes all results; then those whose
 * windows read one are computed again by the definition.
 */

import { indexInto } from '../ndarray/indices.ts'
import { elementAt } from '../ndarray/layout.ts'
import type { NdArray } from '../ndarray/ndarray.ts'
import type { Work } from '../ndarray/work.ts'
import { after, type Eventual } from '../runtime/eventual.ts'
import { finishInTurn } from '../runtime/pace.ts'
import { copyForFilling, releasing } from './copies.ts'
import type { Frame } from './frame.ts'
import { fillHoles } from './holes.ts'
import { plainResult, settingsBeside, signedCall } from './plain-calls.ts'
import { type Positions, touchedWork } from './touched.ts'
import { WindowSums } from './window-sums.ts'

/** The result of a call with missing samples at these positions. */
export function patchedResult(frame: Frame, holes: Positions): Eventual<NdArray> {
  const { options, turn, x, outputShape } = frame
  const { bias, dtype, memory, out } = options
  const settings = settingsBeside(frame, [x, { shape: outputShape, dtype: 'uint8' }])
  return releasing((copies) =>
    after(copyForFilling(frame, copies), (filled) => {
      fillHoles(filled, holes)
      const call = signedCall(frame, filled, { ...settings, bias, dtype, memory, out })
      return after(plainResult(frame, call), (result) =>
        after(finishInTurn(touchedWork(frame, holes), turn), (touched) =>
          after(finishInTurn(patchWork(frame, touched, result, bias), turn), () => result),
        ),
      )
    }),
  )
}

/** Computes the results at these positions by the definition. */
export function* patchWork(
  frame: Frame,
  positions: Positions,
  result: NdArray,
  bias: number,
): Work<void> {
  const { outputShape, weights } = frame
  const { data, strides, offset } = result
  const sums = new WindowSums(frame)
  const perSlice = Math.ceil(tapsPerSlice / weights.values.length)
  const index = outputShape.map(() => 0)
  for (let i = 0; i < positions.length; i++) {
    indexInto(index, outputShape, positions[i]!)
    data[elementAt(index, strides, offset)] = sums.at(index) + bias
    if (i % perSlice === perSlice - 1) yield
  }
}

const tapsPerSlice = 2 ** 17
