import { attribute, plural, type Schema } from './model.ts'

/**
 * The core User schema, RFC 7643 §4.1 and §8.7.1. `password` is left out: people sign in through their identity provider,
 * so a password that is sent is ignored like any attribute that is not declared.
 */
export const userSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:User',
  name: 'User',
  description: 'User Account',
  attributes: [
    attribute('userName', 'string', 'Unique name of the user, typically used to sign in.', {
      required: true,
      uniqueness: 'server',
    }),
    attribute('name', 'complex', "The components of the user's name.", {
      subAttributes: [
        attribute('formatted', 'string', 'The full name, formatted for display.'),
        attribute('familyName', 'string', 'The family name, or last name.'),
        attribute('givenName', 'string', 'The given name, or first name.'),
        attribute('middleName', 'string', 'The middle name(s).'),
        attribute('honorificPrefix', 'string', 'The honorific prefix(es), or title.'),
        attribute('honorificSuffix', 'string', 'The honorific suffix(es).'),
      ],
    }),
    attribute('displayName', 'string', 'The name of the user, suitable for display.'),
    attribute('nickName', 'string', 'The casual way to address the user.'),
    attribute('profileUrl', 'reference', "URL of the user's online profile.", { referenceTypes: ['external'] }),
    attribute('title', 'string', "The user's title, such as Vice President."),
    attribute('userType', 'string', 'The relation between the organization and the user.'),
    attribute('preferredLanguage', 'string', "The user's preferred written or spoken language."),
    attribute('locale', 'string', "The user's default location for localizing currency, dates or numbers."),
    attribute('timezone', 'string', "The user's time zone in the Olson format."),
    attribute('active', 'boolean', "The user's administrative status."),
    plural('emails', 'Email addresses of the user.', attribute('value', 'string', 'An email address.'), [
      'work',
      'home',
      'other',
    ]),
    plural('phoneNumbers', 'Phone numbers of the user.', attribute('value', 'string', 'A phone number.'), [
      'work',
      'home',
      'mobile',
      'fax',
      'pager',
      'other',
    ]),
    plural('ims', 'Instant messaging addresses.', attribute('value', 'string', 'An instant messaging address.')),
    plural(
      'photos',
      'URLs of photos of the user.',
      attribute('value', 'reference', 'URL of a photo.', { referenceTypes: ['external'] }),
      ['photo', 'thumbnail'],
    ),
    attribute('addresses', 'complex', 'Physical mailing addresses of the user.', {
      multiValued: true,
      subAttributes: [
        attribute('formatted', 'string', 'The full address, formatted for display.'),
        attribute('streetAddress', 'string', 'The street address.'),
        attribute('locality', 'string', 'The city or locality.'),
        attribute('region', 'string', 'The state or region.'),
        attribute('postalCode', 'string', 'The postal code.'),
        attribute('country', 'string', 'The country name.'),
        attribute('type', 'string', 'A label for the function of the address.', {
          canonicalValues: ['work', 'home', 'other'],
        }),
        attribute('primary', 'boolean', 'Whether this is the preferred address. At most one is.'),
      ],
    }),
    attribute('groups', 'complex', 'Groups to which the user belongs.', {
      multiValued: true,
      mutability: 'readOnly',
      subAttributes: [
        attribute('value', 'string', 'The id of the group.', { mutability: 'readOnly', caseExact: true }),
        attribute('$ref', 'reference', 'The URI of the group.', { mutability: 'readOnly', referenceTypes: ['Group'] }),
        attribute('display', 'string', 'The display name of the group.', { mutability: 'readOnly' }),
        attribute('type', 'string', 'How the user belongs to the group.', {
          mutability: 'readOnly',
          canonicalValues: ['direct', 'indirect'],
        }),
      ],
    }),
    plural('entitlements', 'Entitlements of the user.', attribute('value', 'string', 'An entitlement.')),
    plural('roles', 'Roles of the user.', attribute('value', 'string', 'A role.')),
    plural(
      'x509Certificates',
      'Certificates issued to the user.',
      attribute('value', 'binary', 'A DER certificate in base64.'),
    ),
  ],
}
