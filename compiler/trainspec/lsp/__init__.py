"""The language server: answers an editor's requests about a spec while it is being typed.

It has no parser and no rules of its own: a document that is open in the editor replaces its file, and the compiler's
stages do the rest. Nothing in a document is run or fetched.

https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/
"""
