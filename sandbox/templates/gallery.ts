import { stableId } from '../directory/random.ts'

/** An application of the gallery, as far as `applicationTemplates` and instantiation need it. */
export interface GalleryEntry {
  id: string
  displayName: string
  publisher: string
  homePageUrl: string
  description: string
  categories: string[]
  supportedSingleSignOnModes: string[]
  /** Synchronization templates of applications made from it, the default one first; empty: no automatic provisioning. */
  synchronizationTemplates: string[]
}

/** Microsoft publishes this id (Graph reference, applicationTemplate: instantiate). */
export const NON_GALLERY_TEMPLATE = '8adf8e6e-67b2-4cf2-a259-e3dc5476c621'

/** M-Files' ids in the real gallery are not public; these stand in for them. */
export const MFILES_TEMPLATE = stableId('gallery', 'M-Files')
export const MFILES_SYNCHRONIZATION_TEMPLATE = 'mfiles'

const entry = (
  displayName: string,
  publisher: string,
  homePageUrl: string,
  categories: string[],
  synchronizationTemplate?: string,
  id = stableId('gallery', displayName),
): GalleryEntry => ({
  id,
  displayName,
  publisher,
  homePageUrl,
  description: `Use Microsoft Entra ID to manage access to ${displayName}.`,
  categories,
  supportedSingleSignOnModes: ['saml', 'external'],
  synchronizationTemplates: synchronizationTemplate ? [synchronizationTemplate] : [],
})

/**
 * Ids are stand-ins but those of the non-gallery application and of AWS IAM Identity Center, which Microsoft publishes,
 * and those that azuread's documentation and its client's tests have: Databricks with its synchronization template, Marketo.
 */
export const GALLERY: GalleryEntry[] = [
  entry(
    'M-Files',
    'M-Files Corporation',
    'https://www.m-files.com/',
    ['contentManagement', 'collaboration'],
    MFILES_SYNCHRONIZATION_TEMPLATE,
    MFILES_TEMPLATE,
  ),
  entry('M-Files Ment', 'M-Files Corporation', 'https://www.m-files.com/', ['contentManagement']),
  {
    ...entry('Custom', 'Microsoft Entra ID', 'https://www.microsoft.com/', [], 'scim', NON_GALLERY_TEMPLATE),
    supportedSingleSignOnModes: ['password', 'saml', 'external'],
  },
  entry(
    'AWS IAM Identity Center (successor to AWS Single Sign-On)',
    'Amazon Web Services, Inc.',
    'https://aws.amazon.com/',
    ['developerServices', 'itInfrastructure'],
    'scim',
    '21ed01d2-ec13-4e9e-86c1-cd546719ebc4',
  ),
  entry('Asana', 'Asana, Inc.', 'https://asana.com/', ['collaboration', 'projectManagement'], 'scim'),
  entry('Atlassian Cloud', 'Atlassian', 'https://www.atlassian.com/', ['collaboration', 'developerServices'], 'scim'),
  entry(
    'Azure Databricks SCIM Provisioning Connector',
    'Microsoft Corporation',
    'https://azure.microsoft.com/services/databricks/',
    ['developerServices'],
    'dataBricks',
    '9c9818d2-2900-49e8-8ba4-22688be7c675',
  ),
  entry('Box', 'Box', 'https://www.box.com/', ['collaboration', 'contentManagement'], 'scim'),
  entry('Canvas', 'Instructure', 'https://www.instructure.com/', ['education'], 'scim'),
  entry('Cisco Webex', 'Cisco', 'https://www.webex.com/', ['collaboration', 'telecommunications'], 'scim'),
  entry(
    'Confluence SAML SSO by resolution GmbH',
    'resolution Reichert Network Solutions GmbH',
    'https://www.resolution.de/',
    ['collaboration'],
  ),
  entry('Docusign', 'Docusign', 'https://www.docusign.com/', ['contentManagement', 'productivity'], 'scim'),
  entry('Dropbox Business', 'Dropbox', 'https://www.dropbox.com/business', ['contentManagement'], 'scim'),
  entry('GitHub Enterprise Cloud - Organization', 'GitHub', 'https://github.com/', ['developerServices'], 'scim'),
  entry(
    'Google Cloud / G Suite Connector by Microsoft',
    'Google',
    'https://workspace.google.com/',
    ['productivity'],
    'scim',
  ),
  {
    ...entry('Marketo', 'Marketo', 'https://www.marketo.com/', ['marketing']),
    id: '4601ed45-8ff3-4599-8377-b6649007e876',
  },
  entry('Miro', 'Miro', 'https://miro.com/', ['collaboration', 'productivity'], 'scim'),
  entry('Salesforce', 'Salesforce', 'https://www.salesforce.com/', ['crm', 'businessMgmt'], 'scim'),
  entry('Salesforce Sandbox', 'Salesforce', 'https://www.salesforce.com/', ['crm'], 'scim'),
  entry('SAP Cloud Identity Services', 'SAP', 'https://www.sap.com/', ['businessMgmt', 'erp'], 'scim'),
  entry('ServiceNow', 'ServiceNow', 'https://www.servicenow.com/', ['businessMgmt', 'itInfrastructure'], 'scim'),
  entry('Slack', 'Slack', 'https://slack.com/', ['collaboration', 'social'], 'scim'),
  entry('Zoom', 'Zoom', 'https://zoom.us/', ['collaboration', 'telecommunications'], 'scim'),
]
