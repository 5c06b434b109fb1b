import type { JSX } from 'preact'

export default function StageHelp(): JSX.Element {
  return <p />
}
