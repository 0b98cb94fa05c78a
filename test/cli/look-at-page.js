// What is to be seen of a page at a width: for a browser, whose answer is what the last line is worth.
const boxOf = (element) => element.getBoundingClientRect()

const nameOf = (element) =>
  `${element.closest('svg').querySelector('title').textContent}: ${element.outerHTML.slice(0, 120)}`

const overlap = (a, b) =>
  Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 &&
  Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4

/** Names of ticks that run into one another. */
function crowdedIn(svg) {
  const ticks = [...svg.querySelectorAll('text.tick,text.axis')]
  return ticks.filter((tick, i) => ticks.slice(0, i).some((other) => overlap(boxOf(tick), boxOf(other))))
}

function look() {
  const shown = [...document.querySelectorAll('svg')].filter((svg) => boxOf(svg).width > 0)
  const marks = shown.flatMap((svg) => [
    ...svg.querySelectorAll('path.line,path.rule,path.grid,circle,rect.cell'),
  ])
  const texts = shown.flatMap((svg) => [...svg.querySelectorAll('text')])
  return {
    charts: shown.length,
    scrolls: document.documentElement.scrollWidth - innerWidth,
    // A line may be level or upright, but not both.
    unseen: marks.filter((mark) => Math.max(boxOf(mark).width, boxOf(mark).height) <= 0).map(nameOf),
    // Words that leave the page.
    cut: texts.filter((text) => boxOf(text).left < 0 || boxOf(text).right > innerWidth).map(nameOf),
    crowded: shown.flatMap(crowdedIn).map(nameOf),
    small: texts.filter((text) => boxOf(text).height < 9).map(nameOf),
  }
}

look()
