/**
 * The report as one page that needs nothing else: both languages, light and dark, printable. A radio button at its head chooses the language,
 * by style alone.
 */

import type { Machine } from '../measure/machine.ts'
import { machineLine } from '../measure/machine.ts'
import { drawn } from './charts.ts'
import { type Block, type Cell, type Language, languages, type Section, type Words } from './section.ts'

const title: Words = { en: 'How convolutions are really performed', zh: '卷积究竟是怎样计算的' }
const lead: Words = {
  en: 'Two articles on convolution, made again from measurements of this machine by stridefold. Every result was compared with the definition before it was timed; the algorithms took turns; points are medians, bars their quartiles.',
  zh: '用 stridefold 在本机上重新测量两篇关于卷积的文章。每个结果都先与定义对照再计时；各算法轮流运行；点是中位数，竖条是四分位区间。',
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]!)

/** Links are written [words](address) in texts; they are shown, never loaded. */
const linked = (text: string): string => escaped(text).replace(/\[([^\]]+)\]\((https:[^)]+)\)/g, '<a href="$2" rel="noreferrer">$1</a>')

const both = (words: Words, tag: string): string =>
  words.en === words.zh
    ? `<${tag}>${linked(words.en)}</${tag}>`
    : languages.map((l) => `<${tag} lang="${l === 'zh' ? 'zh-Hans' : 'en'}" class="${l}">${linked(words[l])}</${tag}>`).join('')

export function pageOf(sections: readonly Section[], machine: Machine, notes: readonly Words[]): string {
  const about = `${machine.date.slice(0, 16).replace('T', ' ')} UTC · ${machineLine(machine)} · ${machine.simd}`
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${title.en} · ${title.zh}</title>
<style>${style}</style>
<input type="radio" name="language" id="en" checked><label for="en">English</label>
<input type="radio" name="language" id="zh"><label for="zh">中文</label>
<main>
<header>${both(title, 'h1')}${both(lead, 'p')}<p class="about">${escaped(about)}</p>${notes.map((note) => both(note, 'p')).join('')}</header>
<nav><ol>${sections.map(({ id, title: t }) => `<li><a href="#${id}">${both(t, 'span')}</a></li>`).join('')}</ol></nav>
${sections.map(sectionHtml).join('\n')}
</main>
</html>
`
}

const sectionHtml = ({ id, title: t, blocks }: Section): string =>
  `<section id="${id}">${both(t, 'h2')}${blocks.map(blockHtml).join('\n')}</section>`

function blockHtml(block: Block): string {
  switch (block.kind) {
    case 'text':
      return both(block.text, 'p')
    case 'picture':
      return `<figure><img src="data:image/png;base64,${Buffer.from(block.png).toString('base64')}" alt="${escaped(block.caption.en)}">${both(block.caption, 'figcaption')}</figure>`
    case 'chart': {
      const one = (l: Language): string => `<div class="${l}">${drawn(block.chart, l, { text: 'currentColor', grid: 'var(--rule)' })}</div>`
      return `<figure>${languages.map(one).join('')}${both(block.caption, 'figcaption')}</figure>`
    }
    case 'table':
      return `<figure class="wide"><table><caption>${both(block.caption, 'span')}</caption><thead><tr>${block.head.map((h) => `<th scope="col">${both(h, 'span')}</th>`).join('')}</tr></thead>
<tbody>${block.rows.map((row) => `<tr>${row.map((cell, i) => cellHtml(cell, i)).join('')}</tr>`).join('\n')}</tbody></table></figure>`
  }
}

function cellHtml(cell: Cell, column: number): string {
  const tag = column === 0 ? 'th scope="row"' : 'td'
  const end = column === 0 ? 'th' : 'td'
  if (typeof cell === 'number') return `<${tag} class="number">${figure(cell)}</${end}>`
  if (cell === undefined) return `<${tag}>–</${end}>`
  return `<${tag}>${typeof cell === 'string' ? linked(cell) : both(cell, 'span')}</${end}>`
}

/** Three digits that say something. */
export const figure = (value: number): string =>
  Number.isInteger(value)
    ? value.toLocaleString('en')
    : Math.abs(value) >= 1000
      ? Math.round(value).toLocaleString('en')
      : Number(value.toPrecision(3)).toString()

const style = `
:root { color-scheme: light dark; --ink: #1c2024; --paper: #fff; --rule: #d5d9de; --soft: #f4f5f7; --link: #0b62a8 }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e6e9; --paper: #15181b; --rule: #363b41; --soft: #1e2226; --link: #7cc0f5 } }
body { margin: 0 auto; padding: 16px; max-width: 820px; font: 16px/1.55 system-ui, 'Noto Sans CJK SC', sans-serif; color: var(--ink); background: var(--paper) }
h1 { font-size: 28px; line-height: 1.2 } h2 { font-size: 21px; margin: 48px 0 8px; border-top: 1px solid var(--rule); padding-top: 16px }
a { color: var(--link) } .about, figcaption, caption { font-size: 14px; opacity: .85; text-align: left }
figure { margin: 16px 0 } figure.wide { overflow-x: auto } svg { max-width: 100%; height: auto } img { max-width: 100%; image-rendering: auto }
table { border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums } caption { padding-bottom: 8px }
th, td { padding: 4px 10px; border-bottom: 1px solid var(--rule); text-align: left; vertical-align: top; font-weight: 400 } thead th { font-weight: 600; background: var(--soft) }
.number { text-align: right; white-space: nowrap } thead th:not(:first-child) { text-align: inherit }
input[name=language] { position: absolute; opacity: 0 } label { margin-right: 12px; padding: 4px 10px; border: 1px solid var(--rule); border-radius: 4px; cursor: pointer }
input:checked + label { background: var(--soft); font-weight: 600 } input:focus-visible + label { outline: 3px solid var(--link) }
#en:checked ~ main .zh, #zh:checked ~ main .en { display: none }
@media print { input, label { display: none } section { break-inside: avoid-page } body { max-width: none } }
`
