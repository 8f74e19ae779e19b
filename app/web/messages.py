"""The sentences for reason codes: what happened and what to do, in the reader's language."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.domain.errors import KakuninError

REASONS: Mapping[str, LazyString] = {
    # what was typed
    "bad_character": _l("This contains a character that cannot be stored or printed. Please type it again."),
    "too_long": _l("This is too long. Please use at most %(limit)s characters."),
    "too_small": _l("Enter a number of %(limit)s or more."),
    "too_large": _l("Enter a number of %(limit)s or less."),
    "unknown_choice": _l("Choose one of the answers offered."),
    "not_a_number": _l("Enter a number in digits, such as 12."),
    "too_many_places": _l("Use at most %(limit)s digits after the point."),
    "computed": _l("This is computed from other answers and is not typed."),
    "not_a_year": _l("Enter a fiscal year in four digits, such as 2026."),
    "not_a_date": _l("Enter a real date, such as 2026-04-01."),
    "reason_needed": _l("Write the reason for this answer."),
    "required": _l("Fill in this field."),
    "unprintable": _l("These characters cannot be printed on the attestation: %(characters)s"),
    "wrong_input": _l("Some answers could not be saved. What you typed is still here."),
    "unknown_fields": _l("The form held fields that do not belong to it. Nothing was changed."),
    # who may
    "no_permission": _l("Your role does not allow this."),
    "other_kind": _l("This page belongs to another kind of organization."),
    "not_yours": _l("This item is answered by somebody else, or is locked now."),
    "second_person": _l("Whoever answered or sent this cannot approve it. A second person is needed."),
    "another_reviewer": _l("You have approved this already. The checklist asks for another person as well."),
    "second_person_item": _l("This must be answered by another person than the judgement it checks."),
    "attester_not_apart": _l("Whoever reviewed this, or answered it in the office, cannot attest it."),
    "nobody_before": _l("Nobody certifies before the attester now."),
    "not_your_turn": _l("It is somebody else's turn to certify."),
    "certified_once": _l("You have certified this already. One person certifies once."),
    "signatory_not_apart": _l("Whoever answered this in another part cannot certify it, as the checklist says."),
    "others_first": _l("Others certify this before the attester. It is their turn."),
    "no_ink": _l("This checklist takes no signature on paper."),
    "sender_takes_no_sheet": _l("Whoever sent this cannot take in the signed sheet. Another officer is needed."),
    "not_an_attester": _l("Choose an attester who neither reviewed, answered nor certified this, and is not you."),
    "signed_too_early": _l("The sheet was signed before the content was approved or certified by those before."),
    "signed_ahead": _l("The day of signing lies in the future."),
    "sign_in_again": _l("Please sign in again: this act needs a fresh sign-in."),
    "too_many_failures": _l("Too many sign-ins failed. Please wait %(minutes)s minutes and try again."),
    "wrong_password": _l("The address or the password is not right."),
    "sign_in": _l("Please sign in."),
    "no_policy": _l("This page is not open to anybody."),
    "second_publisher": _l("Whoever proposed a version cannot publish it. A second publisher is needed."),
    "other_agency": _l("Only publishers of the agency that proposed a version can take it back."),
    # when
    "number_published": _l(
        "This number is published already with its own content. Give the version the next number."
    ),
    "discarded_already": _l("This proposal was taken back. Bring the version again to propose it."),
    "published_already": _l("This version is published already."),
    "withdrawn_already": _l("This version was withdrawn before."),
    "wrong_state": _l("This cannot be done in the present state."),
    "incomplete": _l("Not everything is answered yet: %(missing)s open, %(blocking)s to be resolved."),
    "version_withdrawn": _l("This version of the checklist was withdrawn. Move to the one that applies now."),
    "version_ended": _l("The time to send this version has ended. Move to the one that applies now."),
    "version_not_fitting": _l("By what is known now, another version of the checklist applies. Move to it."),
    "no_other_version": _l("No other published version applies to what is known."),
    "facts_changed": _l("What is known has changed. Renew the facts first."),
    "content_changed": _l("The content is no longer what was approved."),
    "changed_meanwhile": _l("Somebody else changed the same answer meanwhile."),
    "nothing_named": _l("Name at least one item and write the reason."),
    "unknown_item": _l("One of the items named is not in this submission."),
    "too_few_rows": _l("Add at least %(limit)s rows first."),
    "too_many_rows": _l("There are too many rows."),
    "no_workbook": _l("A text of this version is too long for the cell of a workbook. Take the YAML."),
    # grants
    "number_taken": _l("A grant with this number is registered already."),
    "not_an_award_number": _l("Enter the award number, such as JP26K12345 or JPMJCR26A1."),
    "not_a_researcher_number": _l("An e-Rad researcher number has eight digits."),
    "period_reversed": _l("The end lies before the start."),
    "one_principal": _l("The grant has a principal investigator already."),
    "no_version_applies": _l("No published version of the checklist applies to what is known."),
    "no_file": _l("Choose a file."),
    "file_too_large": _l("The file is too large."),
    "already_imported": _l("This file has been imported already."),
    "import_has_faults": _l("Nothing was imported: the file has faults."),
    # files
    "unknown_encoding": _l("The file is neither UTF-8 nor Shift_JIS."),
    "not_csv": _l("The file is not well-formed CSV from this line on."),
    "no_rows": _l("The file has no rows."),
    "unknown_column": _l("This column is not known. Remove it or correct its heading."),
    "column_twice": _l("This column stands twice."),
    "column_missing": _l("This column is missing."),
    "cells_missing": _l("This line has more or fewer cells than the heading."),
    "unknown_call": _l("There is no call with this code."),
    "principal_missing": _l("The grant has no principal investigator."),
    "differs_from_first": _l("This differs from the first line of the same grant."),
    # evidence
    "file_empty": _l("The file is empty."),
    "file_encrypted": _l(
        "The PDF is protected with a password or encrypted. Save it without protection, then attach it."
    ),
    "file_cut": _l("The file is not whole: its end is missing. Take it again from where it came, then attach it."),
    "file_two_kinds": _l(
        "The file could be read as two kinds at once. Save it anew with an ordinary program, then attach it."
    ),
    "file_unknown": _l("This is no PDF, PNG or JPEG picture, and no CSV file in UTF-8 or Shift_JIS."),
    "file_other_kind": _l("A file of this kind is not taken here."),
    "file_over_limit": _l("The file is larger than %(limit)s MB."),
    "file_twice": _l("This very file is attached here already, as “%(name)s”."),
    "too_many_files": _l("No more than %(limit)s files can be attached here."),
    "files_attached": _l("There are files here. Remove them first if there is to be none."),
    "document_date_needed": _l("Enter the date of the document."),
    "document_date_ahead": _l("The date of the document lies in the future."),
    "document_too_old": _l("The document is too old: it may be at most %(limit)s days old."),
    "file_damaged": _l(
        "The file is damaged or missing where it is kept. It is not handed out; tell those who run the service."
    ),
    # attestation
    "original_not_seen": _l("Mark this once you have seen the original. Nothing is taken in without it."),
    "not_certified": _l("Mark this to certify. Nothing is certified without it."),
    "seal_code": _l("An institution with this code can have no seal. Ask the administrator of the service."),
    "seal_missing": _l("The institution has no seal yet. Ask the administrator of the service."),
    "seal_unreadable": _l("The institution's seal cannot be read. Ask the administrator of the service."),
    "seal_mismatch": _l("The key of the seal does not fit its certificate. Ask the administrator of the service."),
    "seal_not_yet_valid": _l("The institution's seal is not valid yet. Nothing was attested."),
    "seal_expired": _l("The institution's seal has expired. Nothing was attested."),
    "seal_revoked": _l("The institution's seal was revoked. Nothing can be sealed until it has a new one."),
    "seal_untrusted": _l(
        "The institution's seal is of an authority that verification does not believe. "
        "Ask the administrator of the service."
    ),
    "seal_development": _l("The institution's seal is only for samples. The service needs a purchased one."),
    "seal_known": _l("This seal is kept already."),
    "seal_encrypted": _l(
        "The key of the institution's seal is encrypted, and the service was given no passphrase. "
        "Ask the administrator of the service."
    ),
    "seal_passphrase": _l(
        "The passphrase given to the service does not open the key of the institution's seal. "
        "Ask the administrator of the service."
    ),
    "seal_plain": _l(
        "The key of the institution's seal lies unencrypted, which is not accepted here. "
        "Ask the administrator of the service."
    ),
    "seal_exposed": _l(
        "The key of the institution's seal can be read or changed by others, which is not accepted here. "
        "Ask the administrator of the service."
    ),
    "token_unsupported": _l(
        "The institution's seal lies in a token, and this service was installed without support for tokens. "
        "Ask the administrator of the service."
    ),
    "token_module": _l(
        "The program that reaches the token with the institution's seal is missing or cannot be used. "
        "Ask the administrator of the service."
    ),
    "token_away": _l(
        "The token with the institution's seal is not there now. Connect it again, "
        "or ask the administrator of the service."
    ),
    "token_pin_missing": _l(
        "The service was not given the PIN of the token with the institution's seal. "
        "Ask the administrator of the service."
    ),
    "token_pin": _l(
        "The token with the institution's seal refused the PIN. It is not tried again, so that the token is not "
        "locked. Ask the administrator of the service."
    ),
    "token_pin_locked": _l(
        "The token with the institution's seal is locked, or would be by one more wrong PIN. "
        "Ask the administrator of the service."
    ),
    "token_key": _l(
        "The token does not hold the key of the institution's seal, or more than one of that name. "
        "Ask the administrator of the service."
    ),
    "token_failed": _l(
        "The token with the institution's seal failed. Try again later, or ask the administrator of the service."
    ),
    "authority_missing": _l("The service has no certificate authority yet. Ask the administrator of the service."),
    "time_stamp_unavailable": _l(
        "The time-stamp authority does not answer as it should just now. Nothing is given out without its time; "
        "it is asked again by itself."
    ),
    "ledger_key_missing": _l("The ledger has no key yet. Ask the administrator of the service."),
    "ledger_key_unreadable": _l("The key of the ledger cannot be read. Ask the administrator of the service."),
    **dict.fromkeys(
        ("ledger_key_exposed", "ledger_key_plain", "ledger_key_locked", "ledger_key_passphrase"),
        _l("The key of the ledger may not be used, or does not open. Ask the administrator of the service."),
    ),
    "ledger_rolled_back": _l(
        "Entries of the ledger are missing, as after restoring an older backup. "
        "Nothing is signed until they are back."
    ),
    "ledger_forked": _l("The ledger is not the one that was signed before. Nothing is signed on top of it."),
    "ledger_guard_missing": _l(
        "The last signed state of the ledger is not where it is kept. Ask the administrator of the service."
    ),
    "ledger_guard_unreadable": _l(
        "The last signed state of the ledger cannot be read. Ask the administrator of the service."
    ),
    "ledger_damaged": _l("What is stored of the ledger is damaged. Ask the administrator of the service."),
    # signatures of persons; each says what to do
    "not_ours": _l(
        "This is no attestation that is kept here. Bring the PDF that you downloaded from this page and signed."
    ),
    "other_attestation": _l(
        "This is another attestation than the one on this page. Download the PDF here and sign that one."
    ),
    "not_in_force": _l("The attestation is no longer in force: nobody signs it any more."),
    "already_archived": _l("The attestation has been archived meanwhile, and takes no more signatures."),
    "nobody_more_signs": _l("As many have signed as the attestation allows."),
    "not_signed_yet": _l(
        "This is the very file on offer here: nobody has signed it since. Sign it, save it, then bring the saved "
        "file."
    ),
    "not_the_newest_file": _l(
        "This does not go on from the newest file. Somebody else may have signed meanwhile, or a program rewrote "
        "the file. Download the PDF again and sign it in a program that only adds to a file."
    ),
    "too_much_added": _l(
        "More was added to the file than a signature. Download the PDF again and sign it without a picture, and "
        "change nothing else."
    ),
    "file_not_good": _l(
        "The file does not verify: something besides the signature was changed, the signature is in another field, "
        "or it is broken. Download the PDF again, sign it in the field named above, and change nothing else."
    ),
    "not_one_more_person": _l(
        "Exactly one more person signs at a time. Download the PDF again, let one person sign it, and bring it."
    ),
    "person_untrusted": _l(
        "The certificate that signed is of no authority that this service believes. Sign with the certificate that "
        "your institution gave you, or ask the administrator of the service to add its authority."
    ),
    "person_expired": _l("The certificate that signed was not valid then. Sign with one that is valid today."),
    "person_revoked": _l("The certificate that signed had been revoked. Sign with one that is valid today."),
    "being_issued": _l("The PDF is still being made. Please try again in a minute."),
    # verification
    "not_a_qr_text": _l(
        "This is not the text of an attestation's QR code. Copy the whole of it, from http to the end."
    ),
    "busy_reading": _l("Many files are being verified at this moment. Please try again in a minute."),
    # withdrawal
    "withdrawal_waits": _l("A withdrawal has been proposed already. It waits for a second person."),
    "no_withdrawal": _l("No withdrawal has been proposed, or it was decided meanwhile."),
    "second_withdraws": _l("Whoever proposed the withdrawal cannot confirm it. A second person is needed."),
    "not_a_code": _l("Enter the 20 letters and digits printed on the attestation."),
}

STATES: Mapping[str, LazyString] = {
    "draft": _l("Draft"),
    "in_review": _l("In review"),
    "returned": _l("Returned"),
    "awaiting_attestation": _l("Awaiting attestation"),
    "submitted": _l("Submitted"),
    "superseded": _l("Superseded"),
    "withdrawn": _l("Withdrawn"),
    "proposed": _l("Proposed"),
    "discarded": _l("Taken back"),
    "published": _l("Published"),
    "issuing": _l("Being issued"),
    "in_force": _l("In force"),
    "expired": _l("Expired"),
    "not_started": _l("Not started"),
    "in_progress": _l("In progress"),
    "cleared": _l("Cleared"),
    "done": _l("Done"),
    "overdue": _l("Overdue"),
    "answered": _l("Answered"),
    "not_applicable": _l("Not applicable"),
    "unsure": _l("Unsure"),
    "not_obtained": _l("Could not obtain"),
    "open": _l("Open"),
    "derived": _l("Computed"),
}


def state_name(code: str) -> str:
    """Return what a state is called: of a revision, an attestation, a section or an answer."""
    return str(STATES[code])


def sentence(error: KakuninError) -> str:
    """Return what to tell a person about a refusal; a reason without its own sentence gets a general one."""
    words = REASONS.get(error.reason)
    if words is None:
        words = _l("This could not be done.")
    told = str(words)
    return told % error.values if error.values else told


def reason(code: str, **values: object) -> str:
    """Return the sentence of a reason code by itself, for reports that list many."""
    return sentence(KakuninError(code, **values))
