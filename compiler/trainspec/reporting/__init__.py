"""What happens to findings after a stage has created them and before they are shown.

`settle` lists the steps for one file: follow-on errors go (`locate`), one finding stands for several jobs (`dedupe`),
comments silence (`suppress`), what is written elsewhere gets a place here (`locate`), fixes become YAML, the settings
choose (`select`). Of the files of a run together, what several have from one that they extend is reported once
(`dedupe.of_all_files`). How findings are shown, without secrets, is `trainspec.diagnostics.formats`.
"""
