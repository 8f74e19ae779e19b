"""Keeping a sealed PDF provable: the time-stamps in it, and the newer ones put around it."""

import io

from app.signing.timestamps import Stamp, stamp_of


def newest_stamp(pdf: bytes) -> Stamp | None:
    """Return what the newest time-stamp of one of our own files says, None for a seal without one.

    It is read, not judged: for files that were made here a moment ago.
    """
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.general import extract_certificate_info
    from pyhanko.sign.validation.generic_cms import extract_tst_data_iter

    from app.signing.chains import ours

    signature = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[-1]
    is_stamp = signature.sig_object_type == "/DocTimeStamp"
    tokens = [signature.signed_data] if is_stamp else extract_tst_data_iter(signature.signer_info, signed=False)
    signed = next(iter(tokens), None)
    if signed is None:
        return None
    moment = signed["encap_content_info"]["content"].parsed["gen_time"].native
    return stamp_of(ours(extract_certificate_info(signed).signer_cert), moment)
