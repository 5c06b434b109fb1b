import type { JSX } from 'preact'

export default function Presenter(): JSX.Element {
  return <p />
}
