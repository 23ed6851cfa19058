import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { type Entry, type Forecast, noCounts } from '../model.ts'
import { renderCsv } from './csv.ts'
import { renderHtml } from './html.ts'
import { renderJson } from './json.ts'
import { renderMarkdown } from './markdown.ts'
import { renderText } from './text.ts'

const HOSTILE = '</script><img src=x onerror=alert(1)> [a](http://evil.test) @all `x` |\n=2+2'

const entry = (more: Partial<Entry>): Entry => ({
  kind: 'user',
  id: '1',
  name: 'Adele Vance',
  login: 'adele@contoso.test',
  outcome: 'create',
  ...more,
})

const forecast = (more: Partial<Forecast> = {}): Forecast => ({
  stack: 'contoso',
  tenantId: '11111111-2222-3333-4444-555555555555',
  at: '2026-03-01T08:00:00.000Z',
  application: { displayName: 'M-Files', servicePrincipalId: 'sp' },
  job: { id: 'job', status: 'Active', cycle: 'incremental' },
  scope: 'assigned',
  users: { ...noCounts(), create: 1, update: 1, disable: 1, leaveOut: 3 },
  groups: noCounts(),
  leftOut: { notAssigned: 2, scopingFilter: 1 },
  guard: { threshold: 500, deletions: 1, holds: false },
  licences: { type: 'named', seats: 30, held: 30, waitingBefore: 0, waiting: 1 },
  targetOnly: 2,
  jobChanges: [],
  exceeded: [],
  unknowns: ['who gets the last licence'],
  entries: [
    entry({ waits: true, changes: [{ attribute: 'userName', before: null, after: 'adele@contoso.test' }] }),
    entry({ id: '2', name: HOSTILE, login: null, kind: 'group', outcome: 'update', members: { added: 2, removed: 1 } }),
    entry({
      id: '3',
      name: 'Megan Bowen',
      login: 'megan@contoso.test',
      outcome: 'update',
      changes: [{ attribute: 'title', before: 'Clerk', after: 'Buyer' }],
    }),
    entry({ id: '4', outcome: 'disable', reason: 'notAssigned' }),
    entry({ id: '5', outcome: 'leaveOut', reason: 'scopingFilter', detail: "Sales.department EQUALS 'sales'" }),
    entry({ id: '6', outcome: 'leaveOut', reason: 'notAssigned', name: 'Nobody' }),
  ],
  ...more,
})

const whole = (pieces: Iterable<string>): string => [...pieces].join('')

test('text: the summary, then who is meant, one line each', () => {
  expect(renderText(forecast())).toMatchInlineSnapshot(`
"M-Files (contoso): the next cycle is incremental, who has changed is looked at

          created  matched  changed  disabled  deleted  refused  left out  unchanged
users           1        0        1         1        0        0         3          0
groups          0        0        0         0        0        0         0          0

deletions  1 disabled or deleted of 500 allowed: within the deletion guard
licences   named: 30 of 30 taken, 1 wait (0 now)
left out   2 not assigned, 1 scoping filter
target     2 accounts that nobody in the directory matches: left alone

disabled:
  Adele Vance <adele@contoso.test>  (not assigned)

created:
  Adele Vance <adele@contoso.test>  (waits for a licence)

changed:
  group </script><img src=x onerror=alert(1)> [a](http://evil.test) @all \`x\` | =2+2  (members +2 -1)
  Megan Bowen <megan@contoso.test>  (title: Clerk -> Buyer)

left out:
  Adele Vance <adele@contoso.test>  (scoping filter: Sales.department EQUALS 'sales')

Not known:
  - who gets the last licence"
`)
  expect(renderText(forecast(), { all: true })).toContain('Nobody')
})

test('text: the first ten, and how many more', () => {
  const entries = Array.from({ length: 12 }, (_, index) => entry({ id: String(index), name: `N${index}` }))
  const text = renderText(forecast({ entries }))
  expect(text).toContain('N9 <')
  expect(text).not.toContain('N10 <')
  expect(text).toContain('… and 2 more (--all)')
})

test('json is one document with everything', () => {
  expect(JSON.parse(whole(renderJson(forecast())))).toEqual(JSON.parse(JSON.stringify(forecast())))
  expect(JSON.parse(whole(renderJson(forecast({ entries: [] }))))).toMatchObject({ entries: [] })
})

test('csv has one line an object, and no formulas', () => {
  const lines = [...renderCsv(forecast({ entries: [entry({ name: '=HYPERLINK("x")' }), entry({ name: HOSTILE })] }))]
  expect(lines).toEqual([
    'kind,id,login,name,outcome,reason,marks,changes',
    `user,1,adele@contoso.test,"'=HYPERLINK(""x"")",create,,,`,
    'user,1,adele@contoso.test,</script><img src=x onerror=alert(1)> [a](http://evil.test) @all `x` | =2+2,create,,,',
  ])
})

describe('markdown', () => {
  test('is short, and names the first of each group', () => {
    expect(renderMarkdown(forecast())).toMatchInlineSnapshot(`
"### Forecast: M-Files (contoso)

The next cycle is incremental.

| | created | matched | changed | disabled | deleted | refused | left out |
|---|---:|---:|---:|---:|---:|---:|---:|
| users | 1 | 0 | 1 | 1 | 0 | 0 | 3 |
| groups | 0 | 0 | 0 | 0 | 0 | 0 | 0 |

- Deletions: 1 disabled or deleted of 500 allowed: within the deletion guard
- Licences: named: 30 of 30 taken, 1 wait (0 now)
- Left out: 2 not assigned, 1 scoping filter

<details><summary>disabled (1)</summary>

- Adele Vance \\(adele@⁠contoso.test\\): not assigned

</details>

<details><summary>created (1)</summary>

- Adele Vance \\(adele@⁠contoso.test\\): waits for a licence

</details>

<details><summary>changed (2)</summary>

- group &lt;/script&gt;&lt;img src=x onerror=alert\\(1\\)&gt; \\[a\\]\\(http:⁠//evil.test\\) @⁠all \\\`x\\\` \\| =2+2: members +2 -1
- Megan Bowen \\(megan@⁠contoso.test\\): title: Clerk -&gt; Buyer

</details>

<details><summary>Not known</summary>

- who gets the last licence

</details>
"
`)
  })

  test('escapes whatever people are called', () => {
    const text = renderMarkdown(forecast())
    expect(text).not.toContain('<img')
    expect(text).not.toContain('](http')
    expect(text).not.toContain('@all')
  })

  test('says nothing about single people where that is asked for', () => {
    const text = renderMarkdown(forecast({ unknowns: ['the account of adele@contoso.test'] }), { names: false })
    for (const personal of ['Adele', 'adele', 'Megan', 'contoso.test', 'Clerk', '<img'])
      expect(text).not.toContain(personal)
    expect(text).toContain('| users | 1 | 0 | 1 | 1 |')
  })
})

describe('html', () => {
  const page = whole(renderHtml(forecast()))

  test('allows nothing but its own style and script', () => {
    const [, policy] = /Content-Security-Policy" content="([^"]+)"/.exec(page)!
    const hashes = [...page.matchAll(/<(?:style|script)>([\s\S]*?)<\/(?:style|script)>/g)].map(
      ([, text]) => `'sha256-${createHash('sha256').update(text!).digest('base64')}'`,
    )
    expect(hashes).toHaveLength(2)
    for (const hash of hashes) expect(policy).toContain(hash)
    expect(policy).toContain("default-src 'none'")
    expect(page.split('id="data"')[0]).not.toMatch(/(?:src|href)=/)
    expect(page).not.toContain('<img')
  })
})
