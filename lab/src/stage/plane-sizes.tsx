/**
 * The sizes of input and output as text, such as 64×43 → 62×41.
 */

import type { JSX } from 'preact'
import { stageModel } from './stage.ts'

export function PlaneSizes(): JSX.Element {
  const { input, output } = stageModel.value
  return (
    <>
      <b class="of-input">
        {input.width}×{input.height}
      </b>{' '}
      →{' '}
      <b class="of-output">
        {output.width}×{output.height}
      </b>
    </>
  )
}
