const rows = JSON.parse(document.getElementById('data').textContent)
const body = document.querySelector('#entries tbody')
const search = document.getElementById('search')
const outcome = document.getElementById('outcome')
const more = document.getElementById('more')
const count = document.getElementById('count')
const heads = [...document.querySelectorAll('#entries th')]
const PAGE = 500
let shown = PAGE
let sorted = { column: -1, down: false }

const texts = rows.map((row) => row.join('\n').toLowerCase())

function found() {
  const wanted = search.value.trim().toLowerCase()
  const list = []
  for (let index = 0; index < rows.length; index += 1) {
    if (outcome.value && rows[index][3] !== outcome.value) continue
    if (wanted === '' || texts[index].includes(wanted)) list.push(rows[index])
  }
  const { column, down } = sorted
  if (column >= 0) {
    const order = new Intl.Collator()
    list.sort((a, b) => (down ? -1 : 1) * order.compare(a[column], b[column]))
  }
  return list
}

function show() {
  const list = found()
  const page = document.createDocumentFragment()
  for (const row of list.slice(0, shown)) {
    const line = page.appendChild(document.createElement('tr'))
    for (const cell of row) line.appendChild(document.createElement('td')).textContent = cell
  }
  body.replaceChildren(page)
  count.textContent = `${list.length} of ${rows.length}`
  more.hidden = list.length <= shown
}

heads.forEach((head, column) => {
  head.querySelector('button').addEventListener('click', () => {
    sorted = { column, down: sorted.column === column && !sorted.down }
    for (const other of heads) other.removeAttribute('aria-sort')
    head.setAttribute('aria-sort', sorted.down ? 'descending' : 'ascending')
    show()
  })
})
for (const input of [search, outcome]) {
  input.addEventListener('input', () => {
    shown = PAGE
    show()
  })
}
more.addEventListener('click', () => {
  shown += PAGE
  show()
})
show()
