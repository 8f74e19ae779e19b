"""What an outsider runs to watch a ledger: a witness that cosigns its heads, and a monitor that mirrors it.

The room needs no database and nothing of the service: the ledger's public key and the network are enough.
"""
