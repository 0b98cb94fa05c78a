import { describe, expect, test } from 'vitest'
import { drawChart } from '../../src/report/svg/chart.js'
import { band, bar, dots, line } from '../../src/report/svg/marks.js'
import { joined, markup } from '../../src/report/svg/markup.js'
import { linearScale } from '../../src/report/svg/scale.js'

describe('markup', () => {
  test('escapes all that is filled in, in text and in attributes, and nothing twice', () => {
    const bad = `</script><img src=x onerror="alert('1')"> & co`
    const inner = markup`<b title="${bad}">${bad}</b>`
    expect(inner.text).toBe(
      '<b title="&lt;/script&gt;&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt; &amp; co">&lt;/script&gt;&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt; &amp; co</b>',
    )
    expect(markup`<p>${inner}</p>`.text).toBe(`<p>${inner.text}</p>`)
  })

  test('writes nothing for what is absent, numbers as they are, and lists one after another', () => {
    expect(markup`<p>${undefined}${false}${0}${['a', joined(['b', 1])]}</p>`.text).toBe('<p>0ab1</p>')
  })

  test('lets no control character and no half of a pair through', () => {
    expect(markup`${'a\0b\u{1B}[31mc\uD800d'}`.text).toBe('a b [31mc d')
  })
})

/** Every coordinate of a chart's marks. */
function coordinates(svg: string): number[] {
  return [...svg.matchAll(/ (?:d|x|y|cx|cy|width|height)="([^"]+)"/g)].flatMap(([, value = '']) =>
    [...value.matchAll(/-?[\d.]+|NaN|Infinity/g)].map(([number]) => Number(number)),
  )
}

const chart = (values: readonly number[]): string =>
  drawChart({
    title: 'rate <b>',
    description: 'what came',
    x: { scale: (range) => linearScale([0, values.length], range), format: String, title: 's' },
    y: { scale: (range) => linearScale([0, Math.max(1, ...values)], range), format: String, title: 'rate' },
    marks: (axes) => [
      band(axes, [0, 0.5], 'fair'),
      line(
        axes,
        values.map((value, i) => [i, value] as const),
        's0',
      ),
      dots(
        axes,
        values.map((value, i) => ({ at: [i, value] as const, kind: 's0', tip: `${value} <i>` })),
      ),
      bar(axes, [0, 1], values[0] ?? 0, 's1'),
    ],
  }).text

describe('a chart', () => {
  test.each([[[1, 5, 3]], [[0]], [[1e9, 1e-9, 7]], [[-5, 20]], [[]]])(
    'has all marks inside it, and each a number: %j',
    (values) => {
      const found = coordinates(chart(values))
      expect(found.length).toBeGreaterThan(10)
      for (const coordinate of found) {
        expect(coordinate).toBeGreaterThanOrEqual(0)
        expect(coordinate).toBeLessThanOrEqual(440)
      }
    },
  )

  test('has a name and a description, escaped', () => {
    expect(chart([1])).toContain('role="img"><title>rate &lt;b&gt;</title><desc>what came</desc>')
    expect(chart([1])).toContain('<title>1 &lt;i&gt;</title>')
  })

  test('breaks its line where there is no value', () => {
    const axes = { x: linearScale([0, 3], [0, 3]), y: linearScale([0, 1], [1, 0]) }
    const points = [
      [0, 1],
      [1, undefined],
      [2, 1],
      [3, 0],
    ] as const
    expect(line(axes, points, 's0').text).toContain('d="M2 0L3 1"')
  })
})
