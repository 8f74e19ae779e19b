"""Draws the 確認書: a record in, an unsigned PDF out.

The room knows the record, its own templates and the fonts of the machine. It must not know who
asks, where files are kept, how a page is sealed, or anything of the network.
"""
