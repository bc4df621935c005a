"""Bringing in files of rows: read as a stream, mapped, checked in a dry run, loaded in the background.

A trade registers a `registry.Kind` in its `apps.py`; the kernel knows files, cells and states, and no trade. The modules
are imported one by one (`core.imports.words` is pure), so that rules may use the words without the tables.
"""
