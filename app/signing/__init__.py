"""Seals PDFs for institutions and examines sealed PDFs.

The room knows keys, certificates and the PAdES signature. It must not know what a page says, where
a PDF is kept, which attestation is in force, or anything of the network: it never fetches.
"""
