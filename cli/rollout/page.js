const table = document.querySelector('table')
const rows = [...table.tBodies]
const heads = [...table.tHead.rows[0].cells]
const textOf = (row, column) => row.rows[0].cells[column].textContent

heads.forEach((head, column) => {
  head.querySelector('button').addEventListener('click', () => {
    const up = head.getAttribute('aria-sort') !== 'ascending'
    for (const other of heads) other.removeAttribute('aria-sort')
    head.setAttribute('aria-sort', up ? 'ascending' : 'descending')
    const order = (a, b) => textOf(a, column).localeCompare(textOf(b, column), undefined, { numeric: true })
    rows.sort((a, b) => (up ? order(a, b) : order(b, a)))
    table.append(...rows)
  })
})

const search = document.getElementById('search')
search.addEventListener('input', () => {
  const words = search.value.toLowerCase().split(/\s+/)
  let found = 0
  for (const row of rows) {
    const text = row.textContent.toLowerCase()
    row.hidden = !words.every((word) => text.includes(word))
    if (!row.hidden) found += 1
  }
  document.getElementById('found').textContent = search.value ? `${found} of ${rows.length}` : ''
})
