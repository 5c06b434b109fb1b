import type { JSX } from 'preact'

export default function Drawer(): JSX.Element {
  return <p />
}
