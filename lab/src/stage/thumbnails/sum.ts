import { tapColour } from '../../model/colours.ts'
import { productsAt } from '../stage-model.ts'
import type { Thumbnail } from './thumbnail.ts'

/** The products as bars from sum to sum, and the total. */
export function drawSum({ context, width, height, model, place, colours }: Thumbnail): void {
  const { kernel } = model
  const terms = productsAt(model, place)
  let sum = 0
  const sums = [0, ...terms.map(({ product }) => (sum += product))]
  const [low, high] = [Math.min(...sums), Math.max(...sums)]
  const y = (value: number): number => 2 + ((high - value) / (high - low || 1)) * (height - 5)
  const bar = width / (terms.length + 2)
  const draw = (column: number, from: number, to: number, wide: number): void =>
    context.fillRect(
      column * bar,
      Math.min(y(from), y(to)),
      bar * wide - Math.min(1, bar / 4),
      Math.max(1.5, Math.abs(y(from) - y(to))),
    )
  context.fillStyle = colours.edge
  context.fillRect(0, y(0), width, 1)
  for (const { tap } of terms) {
    context.fillStyle = tapColour(tap, kernel.width, kernel.height, colours.isDark).background
    draw(tap, sums[tap]!, sums[tap + 1]!, 1)
  }
  context.fillStyle = colours.out
  draw(terms.length + 0.3, 0, sum, 1.7)
}
