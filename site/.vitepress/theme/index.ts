/** The theme: that of VitePress with the colours and fonts of the lab, and the frame of the lab. */

import { type Theme, useData } from 'vitepress'
import DefaultTheme from 'vitepress/theme-without-fonts'
import { defineComponent, h } from 'vue'
import '../../../lab/src/style/tokens.css'
import './site.css'
import { LabFrame } from './lab-frame.ts'
import { RunExample } from './run-example.ts'

/**
 * In the built pages, addresses are relative to the page. Vue keeps the elements around the text
 * when it shows another page, so they get addresses that hold everywhere.
 */
function resolveAddresses(): void {
  for (const name of ['href', 'src'])
    for (const element of document.querySelectorAll(`#app [${name}]`)) {
      const address = element.getAttribute(name)!
      if (/^\.{1,2}\//.test(address))
        element.setAttribute(name, addressOf(new URL(address, location.href)))
    }
}

const addressOf = ({ pathname, search, hash }: URL): string => `${pathname}${search}${hash}`

/** Below a page that is a file of the repository: which one. */
const SourceNote = defineComponent(() => {
  const { frontmatter, lang } = useData()
  const label = (): string => (lang.value.startsWith('zh') ? '本页来自' : 'This page is')
  return () =>
    frontmatter.value.source === undefined
      ? null
      : h('p', { class: 'page-source' }, [`${label()} `, h('code', frontmatter.value.source)])
})

const theme: Theme = {
  extends: DefaultTheme,
  Layout: () => h(DefaultTheme.Layout, null, { 'doc-footer-before': () => h(SourceNote) }),
  enhanceApp({ app }) {
    app.component('LabFrame', LabFrame)
    app.component('RunExample', RunExample)
    if (typeof document !== 'undefined') resolveAddresses()
  },
}
export default theme
