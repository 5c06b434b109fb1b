/**
 * im2col: the focused window on its way into the matrix, and the matrix product kernel × windows =
 * output.
 *
 * A window is a column or, in the transposed layout, a row. The matrix holds copies, or addresses
 * that need no copy.
 */

import { useComputed, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { type NdArray, planCase } from 'stridefold/sync'
import { productSizes } from '../grid/matrix-size.ts'
import { Tensor } from '../grid/tensor.tsx'
import { messages } from '../messages/messages.ts'
import { useHighlight } from '../model/follow-highlight.ts'
import { messageOf } from '../model/message-of.ts'
import { copiesIn } from '../model/models.ts'
import { viewModel } from '../model/shared.ts'
import { addressIn, kernelMatrix, outputMatrix, windowView } from '../model/window-matrix.ts'
import { layouts, windowForms } from '../state/state.ts'
import { change, part, pin, preview } from '../state/store.ts'
import { Buttons } from './choice.tsx'
import { Computing } from './computing.tsx'
import { Follows } from './follows.tsx'
import { Legend } from './legend.tsx'
import { MatrixGrid, type MatrixProps } from './matrix-grid.tsx'
import { WindowAnimation } from './window-animation.tsx'

const [layout, form, problem] = [part('layout'), part('windows'), part('problem')]

export function Im2col(): JSX.Element {
  const w = messages()
  return (
    <>
      <WindowAnimation />
      <div class="row">
        <Buttons
          label={w.layoutName}
          names={layouts}
          titles={w.layouts}
          value={layout.value}
          take={(name) => change({ layout: name })}
        />
        <Buttons
          label={w.formName}
          names={windowForms}
          titles={w.forms}
          value={form.value}
          take={(name) => change({ windows: name })}
        />
      </div>
      <Product />
      <Bytes />
      <Copies />
      <Legend />
    </>
  )
}

/** kernel × windows = output, or transposed: outputᵗ = windowsᵗ × kernelᵗ. */
function Product(): JSX.Element {
  const highlighted = useHighlight()
  const w = messages()
  const model = viewModel.value
  const marks = useComputed(() => highlighted.value.marks('im2col'))
  const [kernelMarks, outputMarks] = [
    useComputed(() => highlighted.value.marks('kernelMatrix')),
    useComputed(() => highlighted.value.marks('outputMatrix')),
  ]
  const [kernel, output] = [kernelMatrix(model), outputMatrix(model)]
  const isTransposed = layout.value === 'rows'
  const isStrided = form.value === 'strided'
  const view = useComputed(() => windowView(viewModel.value)).value
  // A matrix that is too large to draw shows the same part as the result.
  const shared = useSignal(0)
  const origin = isTransposed ? { row: shared } : { column: shared }
  const [rowCount, columnCount] = model.shapes.im2col
  const sizes = productSizes({
    rows: isTransposed ? columnCount : rowCount,
    columns: isTransposed ? rowCount : columnCount,
    matrix: isStrided ? [model.padded.array.data.length - 1] : model.padded.array.data,
    result: model.output.data,
    isBelow: !isTransposed,
  })
  const windows = (
    <Factor
      key="windows"
      title={isStrided ? w.windowAddresses : w.windowMatrix}
      sign={isTransposed ? '' : '×'}
      name="im2col"
      label={isStrided ? w.windowAddresses : w.matrixName.im2col}
      part={isStrided ? 'memory' : 'matrix'}
      marks={marks}
      shape={model.shapes.im2col}
      value={(row, column) =>
        isStrided ? addressIn(view, model, row, column) : model.windowAt(row, column)
      }
      focus={(row, column) => ({ im2col: [row, column] })}
      isTransposed={isTransposed}
      cell={sizes.matrix}
      origin={origin}
      isBare
    />
  )
  const weights = (
    <Factor
      key="kernel"
      title={w.kernelMatrix}
      sign={isTransposed ? '×' : ''}
      name="im2col-kernel"
      label={w.kernelMatrix}
      part="kernel"
      marks={kernelMarks}
      isTransposed={isTransposed}
      {...kernel}
      focus={(row, column) =>
        kernel.isZero(row, column) ? undefined : { kernel: kernel.index(row, column) }
      }
    />
  )
  const result = (
    <Factor
      key="output"
      title={w.outputMatrix}
      sign="="
      name="im2col-output"
      label={w.outputMatrix}
      part="output"
      marks={outputMarks}
      isTransposed={isTransposed}
      {...output}
      focus={(row, column) => ({ output: output.index(row, column) })}
      cell={sizes.result}
      origin={origin}
      isBare
    />
  )
  return (
    <>
      {weights}
      <div class="product">
        <div class={isTransposed ? 'product-body product-line' : 'product-body'}>
          {windows}
          <div
            class={isTransposed ? 'product-end' : 'product-foot'}
            data-sticky={isTransposed ? 'right' : 'bottom'}
          >
            {result}
          </div>
        </div>
      </div>
      <p class="note">{isTransposed ? w.rowsNote : w.columnsNote}</p>
      {model.geometry.flip && <p class="note">{w.flippedWindows}</p>}
      {isStrided && <Strides view={view} />}
      {model.bias !== 0 && <p class="note">{w.equationMore}</p>}
    </>
  )
}

interface FactorProps extends MatrixProps {
  readonly title: string
  /** The sign before the matrix. */
  readonly sign: string
}

/** A matrix of the product with its name and extents. */
function Factor({ title, sign, ...matrix }: FactorProps): JSX.Element {
  const [rows, columns] = matrix.shape
  return (
    <div class={`vector role-${matrix.part}`}>
      <p class="product-name">
        {sign} <span class="label">{title}</span>{' '}
        {matrix.isTransposed ? `${columns}×${rows}` : `${rows}×${columns}`}
      </p>
      <MatrixGrid {...matrix} />
    </div>
  )
}

/** The address of the focused product as a sum of index × stride. */
function Strides({ view }: { readonly view: NdArray }): JSX.Element {
  const highlighted = useHighlight()
  const w = messages()
  const { geometry: g, padded } = viewModel.value
  const tap = highlighted.value.taps[0]
  const index = tap && [
    tap.output[0]!,
    Math.floor(tap.output[1]! / (g.filters / g.groups)) * (g.channels / g.groups) + tap.kernel[1]!,
    ...tap.output.slice(2),
    ...tap.kernel.slice(2),
  ]
  const address = tap && addressIn(view, viewModel.value, ...tap.im2col)
  return (
    <>
      <p class="formula" data-strides={view.strides.join()}>
        {w.viewOf(padded.array.shape.join('×'))}: shape [{view.shape.join(', ')}], strides [
        {view.strides.join(', ').replaceAll('-', '−')}]
        {view.offset !== 0 && `, offset ${view.offset}`}
      </p>
      <Follows lines={2} label={w.addressTitle}>
        {index && (
          <p class="formula" data-address={address}>
            {view.offset !== 0 && `${view.offset} + `}
            {index
              .map((i, axis) => `${i}·${String(view.strides[axis]).replace('-', '−')}`)
              .join(' + ')}{' '}
            = <strong>{address}</strong>
          </p>
        )}
      </Follows>
    </>
  )
}

/**
 * The bytes of the matrix, of the same windows as a view, and of the library's workspace for this
 * problem.
 */
function Bytes(): JSX.Element {
  const w = messages()
  const { shapes, input, padded } = viewModel.value
  const bytesPerElement = input.data.BYTES_PER_ELEMENT
  const [rows, columns] = shapes.im2col
  const hasBorder = padded.array.data.length !== input.data.length
  const algorithmTexts = useComputed(() =>
    (['im2col', 'strided'] as const).map((algorithm) => {
      try {
        return `${algorithm}: ${w.bytes(planCase(problem.value, { algorithm }).workspaceBytes)}`
      } catch (error) {
        return `${algorithm}: ${messageOf(error)}`
      }
    }),
  )
  return (
    <>
      <p class="note" data-bytes={rows * columns * bytesPerElement}>
        {w.columnBytes(
          layout.value === 'rows' ? columns : rows,
          layout.value === 'rows' ? rows : columns,
          rows * columns * bytesPerElement,
          input.data.length * bytesPerElement,
        )}{' '}
        {hasBorder && w.borderBytes(padded.array.data.length * bytesPerElement)}
      </p>
      <p class="note">
        {w.libraryBytes} {algorithmTexts.value.join('; ')}.
      </p>
    </>
  )
}

/** How often each sample occurs in the matrix. */
function Copies(): JSX.Element {
  const isOpen = useSignal(false)
  return (
    <details
      class="copies"
      onToggle={(event) => {
        isOpen.value = event.currentTarget.open
      }}
    >
      <summary>{messages().copiesTitle}</summary>
      {isOpen.value && <CopiesTensor />}
    </details>
  )
}

function CopiesTensor(): JSX.Element {
  const highlighted = useHighlight()
  const w = messages()
  const copies = useComputed(() => copiesIn(viewModel.value)).value
  const marks = useComputed(() => highlighted.value.marks('input'))
  if (!copies) return <Computing />
  return (
    <Tensor
      name="copies"
      label={w.copies}
      part="matrix"
      array={copies}
      marks={marks}
      planeName={([n = 0, c = 0, ...more]) =>
        w.plane([
          viewModel.value.geometry.batch > 1 ? w.batch(n) : '',
          w.channel(c),
          ...more.map(w.layer),
        ])
      }
      onPreview={(index) => {
        preview.value = index && { input: index }
      }}
      onPin={(index) => pin({ input: index })}
      small
    />
  )
}
