"""The offline verifier: judges what somebody holds by keys and anchors they hold too. It never fetches.

The room is packed into one file, ``kakunin-verify``, which runs without the service. It must not know the
database, the web, or any file that it was not handed.
"""
