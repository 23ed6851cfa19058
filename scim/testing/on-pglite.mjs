/** For the second run of the tests that use a database: see `chosenKind`. */
process.env.ENTRADA_SCIM_TEST_DATABASE = 'pglite'
