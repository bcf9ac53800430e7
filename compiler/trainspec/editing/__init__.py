"""Changes specs while keeping what their authors wrote: `lint --fix` and `fmt`. It maps texts to texts."""
