"""The language server: what an editor asks about a spec while it is being typed.

It has no parser and no rule of its own. A document that is open in the editor takes the place of its file, and the
compiler's stages say the rest. Nothing that a document holds is run or fetched.

https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/
"""
