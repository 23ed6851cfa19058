import { expect, test } from '@jest/globals'
import { fixOf, quarantineAdvice } from './advice.ts'

/** Microsoft Learn, "Analyze the Microsoft Entra provisioning logs", error codes. */
const DOCUMENTED = [
  ['Conflict', 'EntryConflict', 'TooManyRequests', 'InternalServerError', 'InternalError', 'InsufficientRights'],
  ['MethodNotAllowed', 'NotPermitted', 'Unauthorized', 'UnprocessableEntity', 'WebExceptionProtocolError'],
  ['InvalidAnchor', 'NotImplemented', 'MandatoryFieldsMissing', 'MissingValues', 'SchemaAttributeNotFound'],
  ['InvalidDomain', 'Timeout', 'LicenseLimitExceeded', 'DuplicateTargetEntries', 'DuplicateSourceEntries'],
  ['ImportSkipped', 'EntrySynchronizationSkipped', 'SchemaPropertyCanOnlyAcceptValue'],
  ['MultipleEntriesInResponse', 'ServiceIncompatible'].map((code) => `SystemForCrossDomainIdentityManagement${code}`),
].flat()

test.each(DOCUMENTED)('%s has a fix', (code) => {
  expect(fixOf(code)).toMatch(/^[A-Z].*\.$/)
})

test('a code that nobody knows has none', () => {
  expect(fixOf('Gremlins')).toBeUndefined()
})

test('a quarantine is told by its reason, else by its error, else in general', () => {
  const code = 'SystemForCrossDomainIdentityManagementInvalidCredentials'
  expect(quarantineAdvice('TooManyDeletes', code).title).toBe('deletions are held back')
  expect(quarantineAdvice('EncounteredQuarantineException', code).title).toBe('the credentials do not work')
  expect(quarantineAdvice('Unknown', '').title).toBe('provisioning fails')
})
