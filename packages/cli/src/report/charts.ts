/**
 * Draws charts as SVG text. ECharts renders to a string, without a page. Placeholder colours are
 * replaced by those of the page, so one drawing works in light and dark mode.
 *
 * The colour shows the method. A solid line is stridefold; a dashed line is the article's code, or
 * other code written in loops. Marks differ too, so that no information depends on colour alone.
 */

import { CustomChart, LineChart } from 'echarts/charts'
import { GridComponent, LegendComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import stringWidth from 'string-width'
import { byteSize, duration } from '../units.ts'
import type { Axis, Chart, Language, Point, Series } from './section.ts'

use([CustomChart, LineChart, GridComponent, LegendComponent, SVGRenderer])

const [width, plotHeight, left, right] = [760, 330, 76, 20]
const [legendRow, legendMark, footHeight] = [24, 44, 24]

/** Distinguishable without red and green (Okabe and Ito, the yellow darkened). */
const hues = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#e69f00',
  '#cc79a7',
  '#56b4e9',
  '#8c8c8c',
  '#9a8600',
] as const
const marks = ['circle', 'triangle', 'rect', 'diamond'] as const

interface Look {
  readonly hue: string
  readonly dash: 'solid' | 'dashed'
  readonly mark: string
}

/** The same method has the same hue in every library. */
const methods: readonly (readonly string[])[] = [
  ['auto, whole call', 'auto'],
  ['naive', 'article: loops', 'NumPy: loops'],
  ['strided', 'article: strides', 'NumPy: strides'],
  ['im2col', 'article: im2col', 'NumPy: im2col'],
  ['toeplitz'],
  ['fft'],
  ['separable'],
  ['winograd'],
]

function lookOf(key: string, i: number): Look {
  const methodIndex = methods.findIndex((names) => names.includes(key))
  const at = methodIndex < 0 ? i : methodIndex
  return {
    hue: hues[at % hues.length]!,
    dash: key.includes(':') ? 'dashed' : 'solid',
    mark: marks[at % marks.length]!,
  }
}

/** Placeholders for two colours that no palette contains. */
const [ink, grid] = ['#010203', '#040506']

export interface Palette {
  readonly text: string
  readonly grid: string
}

/**
 * The chart as an SVG element. `title` is its accessible name, `foot` a small line below it, for a
 * file without a page around it.
 */
export function drawChart(
  chart: Chart,
  language: Language,
  palette: Palette,
  title: string,
  foot?: string,
): string {
  const names = chart.series.map(({ name }) => name[language])
  const legendHeight = legendRow * legendRows(names) + 8
  const height = legendHeight + plotHeight + (foot === undefined ? 0 : footHeight)
  const canvas = init(null, null, { renderer: 'svg', ssr: true, width, height })
  const looks = chart.series.map(({ key }, i) => lookOf(key, i))
  const points = chart.series.flatMap((series) => series.points)
  try {
    canvas.setOption({
      animation: false,
      color: looks.map(({ hue }) => hue),
      textStyle: { fontFamily: 'system-ui, sans-serif' },
      grid: { left, right, top: legendHeight + 4, height: plotHeight - 58 },
      legend: {
        top: 0,
        left,
        right,
        type: 'plain',
        textStyle: { color: ink },
        itemWidth: 28,
        itemGap: 14,
      },
      xAxis: { ...axis(chart.x, language, 28), ...sizesOf(points) },
      yAxis: { ...axis(chart.y, language, 60), ...rangeOf(points, baseOf(chart.y)) },
      series: chart.series.flatMap((series, i) => [
        line(series, looks[i]!, language),
        ...quartileBars(series, looks[i]!, language),
      ]),
    })
    return canvas
      .renderToSVGString()
      .replaceAll(ink, palette.text)
      .replaceAll(grid, palette.grid)
      .replace('<svg ', `<svg role="img" aria-label="${escapeHtml(title)}" `)
      .replace(/ xmlns:xlink="[^"]*"/, '')
      .replace('</svg>', `${foot === undefined ? '' : footOf(foot, height, palette)}</svg>`)
  } finally {
    canvas.dispose()
  }
}

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]!)

const footOf = (text: string, height: number, { text: colour }: Palette): string =>
  `<text x="8" y="${height - 8}" font-size="11" font-family="system-ui, sans-serif" ` +
  `fill="${colour}" fill-opacity="0.75">${escapeHtml(text)}</text>`

/** Rows of the legend, estimated from the usual width of letters. */
function legendRows(names: readonly string[]): number {
  let [rows, used] = [1, 0]
  for (const name of names) {
    const takes = legendMark + 7 * stringWidth(name)
    if (used > 0 && used + takes > width - left - right) [rows, used] = [rows + 1, 0]
    used += takes
  }
  return rows
}

/** Base of the powers at which grid lines are drawn. */
const baseOf = ({ unit }: Axis): number => (unit === 'bytes' ? 4 : 10)

const formatters: Readonly<Record<Axis['unit'], (value: number) => string>> = {
  number: (value) => value.toLocaleString('en'),
  milliseconds: (value) => duration(value).replace(/\.0+ /, ' '),
  bytes: (value) => byteSize(Math.round(value)).replace(/\.0+ /, ' '),
}

function axis(of: Axis, language: Language, nameGap: number): object {
  return {
    ...{
      type: 'log',
      logBase: baseOf(of),
      name: of.label[language],
      nameLocation: 'middle',
      nameGap,
    },
    nameTextStyle: { color: ink },
    axisLabel: { color: ink, formatter: formatters[of.unit] },
    axisLine: { show: true, lineStyle: { color: ink } },
    splitLine: { show: true, lineStyle: { color: grid } },
  }
}

/** Labels the horizontal axis at the measured sizes. */
function sizesOf(points: readonly Point[]): object {
  const sizes = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b)
  const margin = (sizes.at(-1)! / sizes[0]!) ** 0.02
  return {
    ...{ min: sizes[0]! / margin, max: sizes.at(-1)! * margin },
    axisTick: { customValues: sizes },
    axisLabel: { color: ink, customValues: sizes, hideOverlap: true, formatter: formatters.number },
    splitLine: { show: false },
  }
}

/** The range from the power below to the power above all points and quartiles. */
function rangeOf(points: readonly Point[], base: number): object {
  const values = points.flatMap(({ y, low = y, high = y }) => [low, y, high])
  const power = (value: number, round: (power: number) => number): number =>
    base ** round(Math.log(value) / Math.log(base))
  const [min, max] = [power(Math.min(...values), Math.floor), power(Math.max(...values), Math.ceil)]
  return { min, max: max > min ? max : min * base }
}

function line(
  { name, points, marksOnly = false }: Series,
  { hue, dash, mark }: Look,
  language: Language,
): object {
  return {
    ...{ type: 'line', name: name[language], data: points.map(({ x, y }) => [x, y]) },
    ...{ symbol: marksOnly ? 'circle' : mark, symbolSize: marksOnly ? 13 : 7 },
    itemStyle: marksOnly
      ? { color: 'transparent', borderColor: ink, borderWidth: 1.5 }
      : { color: hue },
    lineStyle: { width: marksOnly ? 0 : 2, type: dash, color: hue },
  }
}

/** Draws the quartiles of each point as a bar. */
function quartileBars({ name, points }: Series, { hue }: Look, language: Language): object[] {
  const methodIndex = points.filter(({ low, high }) => low !== undefined && high !== undefined)
  if (methodIndex.length === 0) return []
  interface Api {
    value(dimension: number): number
    coord(point: readonly number[]): readonly [number, number]
  }
  return [
    {
      type: 'custom',
      name: name[language],
      data: methodIndex.map(({ x, low, high }) => [x, low, high]),
      renderItem: (_: unknown, api: Api) => {
        const [x, bottom] = api.coord([api.value(0), api.value(1)])
        const [, top] = api.coord([api.value(0), api.value(2)])
        return {
          type: 'line',
          shape: { x1: x, y1: bottom, x2: x, y2: top },
          style: { stroke: hue, lineWidth: 5, opacity: 0.35 },
        }
      },
    },
  ]
}
