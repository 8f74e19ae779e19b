"""Kakunin 確認: versioned checklists per grant, reviewed and attested as a signed PDF."""
