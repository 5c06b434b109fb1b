import type { UserConfig } from 'vite'

// With these headers threads share memory, which saves copies. Without them all works, too.
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

const config: UserConfig = {
  worker: { format: 'es' },
  server: { headers },
  preview: { headers },
}
export default config
