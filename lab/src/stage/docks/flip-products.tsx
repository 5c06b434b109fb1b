/**
 * The products of one way, at their places in the window. The bar of a product has the colour of
 * its weight, so one sees where a weight goes when the kernel turns.
 */

import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { useDerived } from '../../grid/derived.ts'
import { numberText } from '../number.ts'
import { activeTap, added, stageModel } from '../stage.ts'
import { layout, pair, results } from './flip-now.ts'
import { tapAt, type Way } from './flip-pair.ts'
import { flipText } from './flip-text.ts'
import { activateTap, onGridKey, tapPointing } from './grid-focus.ts'
import { kernelColour } from './kernel-colour.ts'
import { styleText } from './style-text.ts'

interface ProductsProps {
  readonly way: Way
}

export function Products({ way }: ProductsProps): JSX.Element {
  const { kernel } = stageModel.value
  const { product, hasProducts } = layout.value
  const text = flipText()
  return (
    <div
      role="grid"
      class="flip-products"
      data-grid={way}
      aria-label={text.products(text.way[way].name)}
      style={{ fontSize: `${product.type}px` }}
      onKeyDown={onGridKey}
      {...tapPointing}
      onClick={activateTap}
    >
      {Array.from({ length: kernel.height }, (_, row) => (
        // biome-ignore lint/a11y/useFocusableInteractive: one of its cells has the focus.
        <div key={row} role="row">
          {Array.from({ length: kernel.width }, (_, column) => (
            <ProductCell
              key={column}
              way={way}
              row={row}
              column={column}
              at={row * kernel.width + column}
              width={product.width}
              height={product.height}
              hasDigits={hasProducts}
            />
          ))}
        </div>
      ))}
    </div>
  )
}

interface CellProps {
  readonly way: Way
  readonly row: number
  readonly column: number
  readonly at: number
  readonly width: number
  readonly height: number
  readonly hasDigits: boolean
}

function ProductCell(props: CellProps): JSX.Element {
  const { way, row, column, at, width, height, hasDigits } = props
  const tap = useDerived(() => tapAt(pair.value, way, at), [at])
  const product = useDerived(() => results.value[way].products[at], [at])
  const isOn = useComputed(() => activeTap.value === tap.value)
  const isAdded = useDerived(() => added.value === undefined || at < added.value, [at])
  return (
    <div
      role="gridcell"
      tabIndex={at === 0 ? 0 : -1}
      data-row={row}
      data-column={column}
      data-tap={tap}
      data-on={isOn}
      data-zero={useComputed(() => product.value?.product === 0)}
      data-padding={useComputed(() => product.value?.isPadding === true)}
      aria-selected={isOn}
      aria-label={useDerived(() => {
        const { value = 0, weight = 0, product: result = 0 } = product.value ?? {}
        return flipText().productName(
          { x: column, y: row },
          `${numberText(value)} × ${numberText(weight)} = ${numberText(result)}`,
        )
      }, [row, column])}
      style={useDerived(() => {
        const most = Math.max(...results.value[way].products.map((p) => Math.abs(p.product)))
        const share =
          most === 0 || !isAdded.value ? 0 : Math.abs(product.value?.product ?? 0) / most
        return styleText({
          width: `${width}px`,
          height: `${height}px`,
          '--t': kernelColour(tap.value).background,
          '--share': `${(share * (hasDigits ? 26 : 80)).toFixed(1)}%`,
        })
      }, [width, height, hasDigits])}
    >
      {useDerived(
        () => (hasDigits && isAdded.value ? numberText(product.value?.product ?? 0) : ''),
        [hasDigits],
      )}
    </div>
  )
}
