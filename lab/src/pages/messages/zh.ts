import type { MenuMessages } from './en.ts'

export const zh: MenuMessages = {
  title: '更多内容',
  close: '关闭',
  open: {
    name: '打开',
    what: '矩阵、.npy 或 CSV 文件，或 nn.Conv2d(…) 这样的调用。按键 O，或直接粘贴。',
  },
  save: {
    name: '保存或复制',
    what: 'SVG、PNG、GIF、CSV、.npy、十一个系统的代码、网页框架。按键 E。',
  },
  pages: {},
}
