/** A product in words of a caption: value × weight = product, exactly. */

import { exactText } from '../../model/number-text.ts'

export interface ProductText {
  readonly value: string
  readonly weight: string
  readonly product: string
}

export const productText = (numbers: {
  readonly value: number
  readonly weight: number
  readonly product: number
}): ProductText => ({
  value: exactText(numbers.value),
  weight: exactText(numbers.weight),
  product: exactText(numbers.product),
})
