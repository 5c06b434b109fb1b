/** What stands in the cells of the docked matrix. */

import { exactText } from '../../model/number-text.ts'
import type { Region } from '../region.ts'
import { greyOf } from '../scale.ts'
import { isPaddingAt, type Place, type StageModel, sampleOf } from '../stage-model.ts'
import { fittedText } from './fitted-text.ts'
import type { MatrixLayout } from './matrix-layout.ts'
import type { MatrixText, SampleKind } from './matrix-text.ts'
import { placeOfColumn } from './window-columns.ts'

export interface MatrixCell {
  readonly sample: Place
  /** The output place of the column. */
  readonly place: Place
  readonly isPadding: boolean
  readonly grey: number
  readonly text: string
  readonly label: string
}

/** The cells of each row: for each weight one cell in each column. */
export function matrixCells(
  model: StageModel,
  region: Region,
  layout: MatrixLayout,
  text: MatrixText,
): readonly (readonly MatrixCell[])[] {
  const columns = region.output.width * region.output.height
  return Array.from({ length: model.taps }, (_, tap) =>
    Array.from({ length: columns }, (_, column) => {
      const place = placeOfColumn(region, column)
      const sample = sampleOf(model, tap, place)
      const value = model.padded.data[sample.y * model.padded.width + sample.x]!
      return {
        sample,
        place,
        isPadding: isPaddingAt(model, sample.x, sample.y),
        grey: greyOf(value, model.inputScale),
        text: layout.hasDigits ? fittedText(value, layout.characters) : '',
        label: text.cell(sampleKind(model, sample), exactText(value), place, tap + 1),
      }
    }),
  )
}

export function sampleKind(model: StageModel, { x, y }: Place): SampleKind {
  if (isPaddingAt(model, x, y)) return 'padding'
  return model.isPicture ? 'pixel' : 'sample'
}
