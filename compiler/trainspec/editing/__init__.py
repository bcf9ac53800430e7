"""Changing specs as their authors wrote them: `lint --fix` and `fmt`. Texts in, texts out; nothing is written here."""
