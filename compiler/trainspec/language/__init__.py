"""The language: the models of a spec, and the JSON Schema generated from them."""
