/** What of the mapping language Microsoft's pages leave open, or forbid without saying what happens. */
export interface LanguageOptions {
  /** Whether `toLower` is ToLower; no page says. */
  functionNames: 'caseSensitive' | 'anyCase'
  /** `IIF` and `Switch` on IsNullOrEmpty and its like, and comparisons with "": documented as not supported. */
  unsupportedForms: 'refused' | 'evaluated'
}

export const DEFAULT_LANGUAGE: LanguageOptions = { functionNames: 'caseSensitive', unsupportedForms: 'refused' }
