@node "%~dp0pulumi-resource-entrasync" %*
