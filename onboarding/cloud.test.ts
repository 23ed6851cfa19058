import { expect, test } from '@jest/globals'
import { cloudIn, consentLink } from './cloud.ts'

test.each([
  [undefined, 'https://login.microsoftonline.com', 'api://AzureADTokenExchange'],
  ['usgovernmentl5', 'https://login.microsoftonline.us', 'api://AzureADTokenExchangeUSGov'],
  ['china', 'https://login.partner.microsoftonline.cn', 'api://AzureADTokenExchangeChina'],
])('the cloud %s has its own sign-in and its own audience', async (ARM_ENVIRONMENT, login, audience) => {
  expect(await cloudIn({ ARM_ENVIRONMENT })).toEqual({ login, audience })
})

test('a cloud that is none is named, with those there are', async () => {
  await expect(cloudIn({ ARM_ENVIRONMENT: 'mars' })).rejects.toThrow("ARM_ENVIRONMENT is 'mars': use one of public")
})

test('a link to consent names tenant, application and the page to go on with', () => {
  const link = new URL(
    consentLink('https://login.example', 'tenant-1', 'client-1', 'https://entra.example/done?x=1&y=2'),
  )
  expect(link.origin + link.pathname).toBe('https://login.example/tenant-1/adminconsent')
  expect(Object.fromEntries(link.searchParams)).toEqual({
    client_id: 'client-1',
    redirect_uri: 'https://entra.example/done?x=1&y=2',
  })
})
