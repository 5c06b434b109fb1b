/**
 * The report as one self-contained page: two languages, light and dark mode, printable. A radio
 * button at the top selects the language, with CSS only.
 */

import { type Machine, machineLine } from '@stridefold/measure'
import { drawChart, escapeHtml } from './charts.ts'
import { origin, samplesOf } from './origin.ts'
import {
  type Block,
  type Cell,
  type Language,
  languages,
  type Section,
  type Words,
} from './section.ts'
import { style } from './style.ts'

const title: Words = { en: 'How convolutions are really performed', zh: '卷积究竟是怎样计算的' }
const lead: Words = {
  en:
    'Two articles on convolution, repeated by stridefold with measurements on this machine. ' +
    'Every result was compared with the definition before it was timed. The algorithms ran ' +
    'in turns. Points are medians, bars are their quartiles.',
  zh: '用 stridefold 在本机上重新测量两篇关于卷积的文章。每个结果都先与定义对照再计时；各算法轮流运行；点是中位数，竖条是四分位区间。',
}

/** Texts contain links as [text](address). The page shows them, but loads nothing. */
const withLinks = (text: string): string =>
  escapeHtml(text).replace(/\[([^\]]+)\]\((https:[^)]+)\)/g, '<a href="$2" rel="noreferrer">$1</a>')

/** The page loads nothing from the network. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

const both = (words: Words, tag: string): string =>
  words.en === words.zh
    ? `<${tag}>${withLinks(words.en)}</${tag}>`
    : languages
        .map(
          (l) =>
            `<${tag} lang="${l === 'zh' ? 'zh-Hans' : 'en'}" ` +
            `class="${l}">${withLinks(words[l])}</${tag}>`,
        )
        .join('')

export function pageOf(
  sections: readonly Section[],
  machine: Machine,
  notes: readonly Words[],
): string {
  const about =
    `${machine.date.slice(0, 16).replace('T', ' ')} UTC · ${machineLine(machine)} · ` +
    `${machine.simd}`
  const noteHtml = notes.map((note) => both(note, 'p')).join('')
  const links = sections.map(
    ({ id, title: t }) => `<li><a href="#${id}">${both(t, 'span')}</a></li>`,
  )
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${title.en} · ${title.zh}</title>
<style>${style}</style>
<input type="radio" name="language" id="en" checked><label for="en">English</label>
<input type="radio" name="language" id="zh"><label for="zh" lang="zh-Hans">中文</label>
<main>
<header>${both(title, 'h1')}${both(lead, 'p')}
<p class="about">${escapeHtml(about)}</p>${noteHtml}</header>
<nav><ol>${links.join('')}</ol></nav>
${sections.map((section) => sectionHtml(section, machine)).join('\n')}
</main>
</html>
`
}

function sectionHtml({ id, title: t, blocks }: Section, machine: Machine): string {
  const parts = blocks.map((block, i) => {
    const isImage = block.kind === 'picture'
    const opens = isImage && blocks[i - 1]?.kind !== 'picture' ? '<div class="pictures">' : ''
    const closes = isImage && blocks[i + 1]?.kind !== 'picture' ? '</div>' : ''
    return `${opens}${blockHtml(block, machine)}${closes}`
  })
  return `<section id="${id}">${both(t, 'h2')}${parts.join('\n')}</section>`
}

function blockHtml(block: Block, machine: Machine): string {
  switch (block.kind) {
    case 'text':
      return both(block.text, 'p')
    case 'picture':
      return (
        `<figure><img src="data:image/png;base64,${Buffer.from(block.png).toString('base64')}" ` +
        `alt="${escapeHtml(block.caption.en)}">${both(block.caption, 'figcaption')}</figure>`
      )
    case 'chart': {
      const inks = { text: 'currentColor', grid: 'var(--rule)' }
      const chartHtml = (l: Language): string =>
        `<div class="scrolls ${l}">${drawChart(block.chart, l, inks, block.caption[l])}</div>`
      const charts = languages.map(chartHtml).join('')
      const caption = both(block.caption, 'figcaption')
      return `<figure>${caption}${charts}${originHtml(block, machine)}</figure>`
    }
    case 'table':
      return `<figure>${tableHtml(block)}${originHtml(block, machine)}</figure>`
  }
}

/** The line below every measured figure: samples, machine and version. */
function originHtml(block: Block, machine: Machine): string {
  const samples = samplesOf(block)
  return samples === undefined ? '' : both(origin(samples, machine), 'small')
}

function tableHtml({ caption, head, rows }: Extract<Block, { kind: 'table' }>): string {
  const isNumber = head.map((_, column) => rows.some((row) => typeof row[column] === 'number'))
  const isInteger = head.map((_, column) =>
    rows.every((row) => typeof row[column] !== 'number' || Number.isInteger(row[column])),
  )
  const kind = (column: number): string => (isNumber[column] ? ' class="number"' : '')
  const cell = (value: Cell, column: number): string => {
    const inside =
      typeof value === 'object'
        ? both(value, 'span')
        : typeof value === 'number'
          ? figure(value, isInteger[column] === true)
          : withLinks(value ?? '–')
    return column === 0
      ? `<th scope="row"${kind(0)}>${inside}</th>`
      : `<td${kind(column)}>${inside}</td>`
  }
  return `${both(caption, 'figcaption')}<div class="scrolls"><table><thead><tr>${head
    .map((words, column) => `<th scope="col"${kind(column)}>${both(words, 'span')}</th>`)
    .join('')}</tr></thead>
<tbody>${rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('\n')}</tbody></table></div>`
}

/**
 * Integers without decimals, other numbers with three significant digits. All numbers of a column
 * have the same form.
 */
export function figure(value: number, isInteger: boolean): string {
  const size = Math.abs(value)
  const digits =
    isInteger || size >= 1000
      ? Math.round(value).toLocaleString('en')
      : size === 0
        ? '0'
        : size < 1e-4
          ? value.toExponential(1)
          : value.toPrecision(3)
  return digits.replace('-', '−')
}
