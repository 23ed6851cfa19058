import { expect, test } from '@jest/globals'
import { countStates, formatGroup, formatSummary, type Group, withoutSecrets } from './report.ts'

const group: Group = {
  stack: 'contoso',
  findings: [
    { check: 'engine', state: 'ok', seen: 'Pulumi 3' },
    { check: 'names', state: 'problem', seen: "there is no group 'X'", fix: "did you mean 'Y'?" },
    { check: 'job', state: 'notChecked', seen: 'needs: names' },
  ],
}

test('people get a line for each finding, and the fix below it', () => {
  expect(formatGroup(group, false)).toBe(
    [
      'stack contoso',
      '  ok           engine       Pulumi 3',
      "  problem      names        there is no group 'X'",
      "                            → did you mean 'Y'?",
      '  not checked  job          needs: names',
      '',
    ].join('\n'),
  )
  expect(formatSummary(countStates([group, group]))).toBe('problems 2, warnings 0, not checked 2, ok 2')
})

test('colours are for terminals', () => {
  expect(formatGroup(group, true)).toContain('\u001b[31mproblem')
  expect(formatGroup(group, false)).not.toContain('\u001b')
})

test('what the environment holds in secret is taken out of what others said', () => {
  const env = { ARM_CLIENT_SECRET: 'hush-hush', ARM_OIDC_TOKEN: 'eyJ0', ARM_CLIENT_ID: 'visible', HOME: '/root' }
  const said = { findings: [{ seen: 'visible: hush-hush is wrong', fix: 'not "hush-hush"' }], more: 7 }
  expect(withoutSecrets(said, env)).toEqual({
    findings: [{ seen: 'visible: [secret] is wrong', fix: 'not "[secret]"' }],
    more: 7,
  })
})
