/**
 * The kernel as a sparse matrix, and, on a second page, as a layer of nodes and lines.
 */

import type { JSX } from 'preact'
import { useLayoutEffect } from 'preact/hooks'
import { stageModel, wireEnds } from '../stage.ts'
import { PageButtons } from './page-buttons.tsx'
import './sparse.css'
import { LayerPage } from './sparse-layer.tsx'
import { figureBox, form, isFree, matrix, page } from './sparse-now.ts'
import { MatrixPage } from './sparse-page.tsx'
import { type Caption, type SparseCounts, sparseText } from './sparse-text.ts'

export default function SparseDock(): JSX.Element {
  // Every other page, form or size moves the ends of the stage's lines.
  const at = `${page.value} ${form.value} ${JSON.stringify(figureBox.value)}`
  useLayoutEffect(() => {
    wireEnds.value = wireEnds.peek() + 1
  }, [at])
  return (
    <div class="sparse-dock">
      {page.value === 'matrix' ? <MatrixPage /> : <LayerPage />}
      <CaptionText />
      <PageButtons buttons={pageButtons()} />
    </div>
  )
}

function pageButtons(): Parameters<typeof PageButtons>[0]['buttons'] {
  const text = sparseText()
  const pages = (['matrix', 'layer'] as const).map((name) => ({
    name: text.pages[name],
    isPressed: page.value === name,
    press: () => {
      page.value = name
    },
  }))
  const free = {
    name: text.free,
    isPressed: isFree.value,
    press: () => {
      isFree.value = !isFree.peek()
    },
  }
  return page.value === 'layer' ? [...pages, free] : pages
}

function counts(): SparseCounts {
  const { rows, columns, entries, outside, repeats, isPart } = matrix.value
  const { taps, output, input, divisor, bias } = stageModel.value
  return {
    rows: rows.length,
    columns: columns.length,
    entries: entries.length,
    taps,
    allRows: output.width * output.height,
    allColumns: input.width * input.height,
    padding: repeats ? 'repeated' : outside.some((all) => all.length > 0) ? 'constant' : 'none',
    divisor,
    bias,
    isPart,
  }
}

function CaptionText(): JSX.Element {
  const text = sparseText()
  const { title, rest }: Caption =
    page.value === 'matrix'
      ? text.matrixCaption(counts())
      : isFree.value
        ? text.freeCaption(counts())
        : text.layerCaption(counts())
  return (
    <p class="caption">
      <b>{title}</b> {rest}
    </p>
  )
}
