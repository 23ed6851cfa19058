import { attribute, type Schema } from './model.ts'

/** RFC 7643 §4.3. */
export const enterpriseSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  name: 'EnterpriseUser',
  description: 'Enterprise User',
  attributes: [
    attribute('employeeNumber', 'string', 'Identifier assigned to the person by the organization.'),
    attribute('costCenter', 'string', 'The name of the cost center.'),
    attribute('organization', 'string', 'The name of the organization.'),
    attribute('division', 'string', 'The name of the division.'),
    attribute('department', 'string', 'The name of the department.'),
    attribute('manager', 'complex', "The user's manager.", {
      subAttributes: [
        attribute('value', 'string', "The id of the manager's User resource.", { caseExact: true }),
        attribute('$ref', 'reference', "The URI of the manager's User resource.", {
          mutability: 'readOnly',
          referenceTypes: ['User'],
        }),
        attribute('displayName', 'string', 'The display name of the manager.', { mutability: 'readOnly' }),
      ],
    }),
  ],
}

/** The two free attributes that M-Files Manage shows as "Additional information 1" and "2". */
export const infoSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:extension:info:2.0:User',
  name: 'AdditionalInformation',
  description: 'Additional information about the user',
  attributes: [
    attribute('info1', 'string', 'Additional information 1.'),
    attribute('info2', 'string', 'Additional information 2.'),
  ],
}

/** The seat a user holds or waits for. Read-only, and never shown through `active`, which the identity provider owns. */
export const licenceSchema: Schema = {
  id: 'urn:entrada:params:scim:schemas:extension:licence:2.0:User',
  name: 'Licence',
  description: 'Licence of the user',
  attributes: [
    attribute('type', 'string', 'The type of licence that the user is to have.', {
      mutability: 'readOnly',
      canonicalValues: ['named', 'concurrent', 'readOnly', 'none'],
    }),
    attribute('state', 'string', 'Whether the user holds a seat of that type, or waits for one.', {
      mutability: 'readOnly',
      canonicalValues: ['licensed', 'waiting', 'none'],
    }),
  ],
}
