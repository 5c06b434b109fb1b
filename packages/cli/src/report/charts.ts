/**
 * Draws charts as SVG text, on no page: ECharts renders to a string. Ink and grid take the page's colours, so one drawing serves light and dark.
 */

import { CustomChart, LineChart } from 'echarts/charts'
import { GridComponent, LegendComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import type { Chart, Language, Series } from './section.ts'

use([CustomChart, LineChart, GridComponent, LegendComponent, SVGRenderer])

const [width, height] = [760, 420]

/** Colours that are told apart without red and green (Okabe and Ito), then line styles. */
const colours = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#d55e00', '#56b4e9', '#8c8c8c']
const styles = ['solid', 'dashed', 'dotted'] as const

/** Placeholders that no palette holds: replaced by what the page or the file says. */
const [ink, grid] = ['#010203', '#040506']

/** The chart as an SVG element. `inks`: colours of text and grid; a page gives variables. */
export function drawn(chart: Chart, language: Language, inks: { readonly text: string; readonly grid: string }): string {
  const canvas = init(null, null, { renderer: 'svg', ssr: true, width, height })
  try {
    canvas.setOption({
      animation: false,
      color: colours,
      textStyle: { fontFamily: 'system-ui, sans-serif' },
      grid: { left: 72, right: 24, top: 16, bottom: 96 },
      legend: { bottom: 0, type: 'plain', textStyle: { color: ink }, itemWidth: 28, itemGap: 26 },
      xAxis: axis(
        chart.x,
        language,
        'middle',
        30,
        chart.series.flatMap((s) => s.points.map((p) => p.x)),
      ),
      yAxis: axis(
        chart.y,
        language,
        'middle',
        52,
        chart.series.flatMap((s) => s.points.flatMap((p) => [p.y, p.low ?? p.y])),
      ),
      series: chart.series.flatMap((series, i) => [line(series, i, language), ...spread(series, i, language)]),
    })
    return canvas
      .renderToSVGString()
      .replaceAll(ink, inks.text)
      .replaceAll(grid, inks.grid)
      .replace('<svg ', '<svg role="img" ')
      .replace(/ xmlns:xlink="[^"]*"/, '')
  } finally {
    canvas.dispose()
  }
}

function axis(of: Chart['x'], language: Language, nameLocation: 'middle', nameGap: number, values: readonly number[]): object {
  return {
    type: of.log === true ? 'log' : 'value',
    ...(of.log === true ? { min: 10 ** Math.floor(Math.log10(Math.min(...values))) } : {}),
    name: of.label[language],
    ...{ nameLocation, nameGap },
    nameTextStyle: { color: ink },
    axisLabel: { color: ink, formatter: human },
    axisLine: { lineStyle: { color: ink } },
    splitLine: { lineStyle: { color: grid } },
    minorSplitLine: { show: false },
  }
}

/** 0.001, 10, 1,000; powers of ten beyond. */
const human = (value: number): string =>
  value === 0
    ? '0'
    : Math.abs(value) >= 1e6 || Math.abs(value) < 5e-5
      ? value.toExponential(0)
      : value.toLocaleString('en', { maximumFractionDigits: 6 })

function line({ name, points }: Series, i: number, language: Language): object {
  return {
    type: 'line',
    name: name[language],
    data: points.map(({ x, y }) => [x, y]),
    symbolSize: 5,
    lineStyle: { width: 2, type: styles[Math.floor(i / colours.length) % styles.length] },
  }
}

/** The quartiles of each point as a bar through it. */
function spread({ name, points }: Series, i: number, language: Language): object[] {
  const known = points.filter(({ low, high }) => low !== undefined && high !== undefined)
  if (known.length === 0) return []
  interface Api {
    value(dimension: number): number
    coord(point: readonly number[]): readonly [number, number]
  }
  return [
    {
      type: 'custom',
      name: name[language],
      data: known.map(({ x, low, high }) => [x, low, high]),
      renderItem: (_: unknown, api: Api) => {
        const [x, bottom] = api.coord([api.value(0), api.value(1)])
        const [, top] = api.coord([api.value(0), api.value(2)])
        return {
          type: 'line',
          shape: { x1: x, y1: bottom, x2: x, y2: top },
          style: { stroke: colours[i % colours.length], lineWidth: 4, opacity: 0.35 },
        }
      },
    },
  ]
}
