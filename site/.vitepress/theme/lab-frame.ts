/**
 * The lab in a frame of the start page, in the colours of the page. Its address is set when the
 * page runs, because only then the colours are known. The frame tells its height.
 */

import { useData, withBase } from 'vitepress'
import { type Component, defineComponent, h, onBeforeUnmount, onMounted, ref, watch } from 'vue'
import { firstLink } from '../../first-link.ts'

const texts = {
  en: { title: 'The lab: a picture with a frame to drag', noScript: 'The lab needs JavaScript.' },
  zh: { title: '实验室：图片上有一个可以拖动的窗口', noScript: '实验室需要启用 JavaScript。' },
} as const

export const LabFrame: Component = defineComponent({
  props: { language: { type: String as () => 'en' | 'zh', required: true } },
  setup(props) {
    const { isDark } = useData()
    const frame = ref<HTMLIFrameElement>()
    const address = ref<string>()
    const height = ref<number>()
    const themePart = (): string => `theme=${isDark.value ? 'dark' : 'light'}`

    const onMessage = ({ source, data }: MessageEvent): void => {
      if (source === frame.value?.contentWindow && data?.type === 'stridefold:size')
        height.value = Number(data.height)
    }
    onMounted(() => {
      addEventListener('message', onMessage)
      address.value = withBase(`/lab/embed.html#${firstLink}&lang=${props.language}&${themePart()}`)
    })
    onBeforeUnmount(() => removeEventListener('message', onMessage))
    watch(isDark, () => {
      const inside = frame.value?.contentWindow?.location
      if (inside === undefined) return
      const others = inside.hash.replace(/&theme=\w+/, '')
      inside.replace(`${others === '' ? `#${firstLink}` : others}&${themePart()}`)
    })

    return () =>
      h('div', { class: 'lab-frame' }, [
        h('iframe', {
          ref: frame,
          src: address.value,
          title: texts[props.language].title,
          style: height.value === undefined ? undefined : { height: `${height.value}px` },
        }),
        h('noscript', texts[props.language].noScript),
      ])
  },
})
