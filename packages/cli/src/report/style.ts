/**
 * The CSS of the page: one scale of font sizes (13, 15, 20, 28 px), and one set of colours each for
 * light and dark mode. Print is always light.
 */

const light =
  '--ink: #1c2024; --paper: #fff; --rule: #d5d9de; --soft: #f4f5f7; --quiet: #565e67; ' +
  '--link: #0b62a8'
const dark =
  '--ink: #e4e6e9; --paper: #15181b; --rule: #363b41; --soft: #1e2226; --quiet: #a3abb4; ' +
  '--link: #7cc0f5'

export const style: string = `
:root { color-scheme: light dark; ${light} }
@media (prefers-color-scheme: dark) { :root { ${dark} } }
body {
  margin: 0 auto;
  padding: 16px;
  max-width: 820px;
  font: 15px/1.55 system-ui, 'Noto Sans CJK SC', sans-serif;
  color: var(--ink);
  background: var(--paper);
}
h1 { font-size: 28px; line-height: 1.2 }
h2 { font-size: 20px; margin: 48px 0 8px; border-top: 1px solid var(--rule); padding-top: 16px }
a { color: var(--link) }
figcaption { font-weight: 600 }
.about, small { color: var(--quiet); font-size: 13px }
small { display: block }
figure { margin: 24px 0 }
.scrolls { overflow-x: auto; margin: 8px 0 }
svg { display: block; width: 760px; max-width: 100%; min-width: 620px; height: auto }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(240px, 1fr)); gap: 16px }
.pictures figure { margin: 0 }
.pictures img { display: block; width: 100%; margin-bottom: 8px }
.pictures figcaption { font-weight: 400; font-size: 13px }
table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums }
th, td {
  padding: 4px 12px 4px 0;
  border-bottom: 1px solid var(--rule);
  text-align: left;
  vertical-align: top;
  font-weight: 400;
  min-width: 3em;
}
thead th { font-weight: 600; border-bottom-color: var(--quiet); vertical-align: bottom }
.number { text-align: right; white-space: nowrap }
thead .number { white-space: normal }
input[name=language] { position: absolute; opacity: 0 }
label {
  display: inline-block;
  margin-right: 8px;
  padding: 4px 10px;
  border: 1px solid var(--rule);
  border-radius: 4px;
  cursor: pointer;
}
input:checked + label { background: var(--soft); font-weight: 600 }
input:focus-visible + label { outline: 3px solid var(--link) }
#en:checked ~ main .zh, #zh:checked ~ main .en { display: none }
@media print {
  color-scheme: light; ${light}
  input, label, nav { display: none }
  body { max-width: none; font-size: 11pt }
  figure, tr { break-inside: avoid }
  h2 { break-after: avoid }
  .scrolls { overflow: visible }
  svg { min-width: 0 }
}
`
