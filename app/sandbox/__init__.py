"""Reading what strangers send, in a process that has nothing to lose: no network, no files, little memory and time.

The web process never parses an upload. A keeper, one for each web process, has the parsers loaded and no
secrets; it forks a reader for each file. A reader that loops, swells or crashes is ended, alone.
"""
