"""What the verifier tells people, in both languages: verdicts, lines, reasons."""

from app.domain.verdicts import Aspect, Outcome
from app.offline.report import Check, Exit

# (Japanese, English) throughout
ASPECTS = {
    Aspect.CONTENT: ("内容の完全性", "Content unchanged"),
    Aspect.ISSUER: ("発行者", "Issuer"),
    Aspect.TIME: ("時刻", "Time"),
    Aspect.STATUS: ("現在の状態", "Present status"),
}

OUTCOMES = {
    Outcome.GOOD: ("確認できました", "confirmed"),
    Outcome.NOTE: ("確認できました(注意あり)", "confirmed, with something to know"),
    Outcome.PARTLY: ("一部を確認できました", "confirmed in part"),
    Outcome.UNKNOWN: ("わかりません", "unknown"),
    Outcome.BAD: ("正しくありません", "WRONG"),
}

CHECKS = {
    Check.FILE: ("PDF ファイルを読める", "The PDF can be read"),
    Check.SEAL: ("電子シールが壊れていない", "The seal is intact"),
    Check.WHOLE: ("封印後に加えられたものがない", "Nothing was added after sealing"),
    Check.RECORD: ("記録が正しい形で書かれている", "The record is written as it must be"),
    Check.PAGE: ("紙面が記録のとおりである", "The page says what the record says"),
    Check.STATEMENT: ("署名付きの要約が記録と一致する", "The signed statement agrees with the record"),
    Check.ENTRY: ("記録が台帳に載っている", "The record is in the ledger"),
    Check.ISSUED: ("このファイルが発行されたと台帳にある", "The ledger says that this very file was issued"),
    Check.AUTHORITY: ("電子シールの認証局を信頼できる", "The authority of the seal is trusted"),
    Check.INSTITUTION: ("電子シールが記録の機関のものである", "The seal is that of the institution in the record"),
    Check.LEDGER: ("信頼する台帳の鍵で署名されている", "A trusted ledger vouches for it"),
    Check.SAMPLE: ("見本ではない", "It is not a sample"),
    Check.INK: ("確認した者がサインインしていた", "Whoever attested had signed in"),
    Check.STAMP: ("封印の時刻が時刻認証で証明されている", "The time of sealing is proven by a time-stamp"),
    Check.CHECKPOINT: ("台帳の時刻が時刻認証で証明されている", "The time of the ledger is proven by a time-stamp"),
    Check.ORDER: ("時刻の前後が合っている", "The times are in order"),
    Check.LIST: ("状態一覧を読める", "The status list can be relied upon"),
    Check.STANDING: ("有効である", "It is in force"),
}

REASONS = {
    "no_file": ("PDF ファイルがありません", "there is no PDF"),
    "too_large": ("20 MB を超えています", "more than 20 MB"),
    "not_pdf": ("PDF ファイルではありません", "not a PDF"),
    "encrypted": ("暗号化されています", "encrypted"),
    "unreadable": ("壊れていて読めません", "damaged beyond reading"),
    "no_signature": ("電子シールがありません", "there is no seal"),
    "several_signatures": ("決まった以外の署名があります", "there are signatures that ours do not have"),
    "wrong_field": ("署名の場所が違います", "the signature is not in its field"),
    "wrong_format": ("署名の形式が違います", "the signature is of another format"),
    "not_certified": ("変更を許さない署名になっていません", "the seal does not forbid changes"),
    "digest_mismatch": ("封印後に変更されています", "changed after sealing"),
    "signature_invalid": ("証明書の鍵による署名ではありません", "not signed by the key of its certificate"),
    "not_whole_file": ("署名の対象でない部分があります", "something stands outside of the signature"),
    "changed_afterwards": ("封印後に内容が加えられています", "something was added after sealing"),
    "no_record": ("記録がありません", "there is no record"),
    "record_missing": ("記録が添付されていません", "the record is not attached"),
    "person_locks": ("個人の署名がファイルをロックしています", "a person's signature locks the file"),
    "person_broken": ("個人の署名が壊れています", "a person's signature is broken"),
    "several_records": ("決まった以外の添付があります", "there are attachments that ours do not have"),
    "annex": ("確認書ではなく、その非公開の別紙です", "not an attestation, but the confidential annex of one"),
    "record_form": ("記録の形になっていません", "not of the form of a record"),
    "record_not_canonical": ("正規の書き方ではありません", "not written canonically"),
    "record_differs": ("添付された記録と違います", "another record than the one attached"),
    "same_words": (
        "文字はすべて記録のとおりです。図や色、行に重ねられたものは、作成し直さないとわかりません",
        "every word is as in the record; of pictures, colours, what lies over, only drawing anew could tell",
    ),
    "other_template": (
        "別の版の様式で作られているため、全体の照合はしていません",
        "laid out by another version of the form: it was not compared as a whole",
    ),
    "page_differs": ("紙面の記載が記録と異なります", "the page says something else than the record"),
    "page_unreadable": (
        "紙面に、確認書にはないものが含まれているか、読み取れません",
        "the page holds what no page of ours has, or cannot be read",
    ),
    "page_not_compared": ("紙面を記録と照合できませんでした", "the page could not be compared with the record"),
    "no_statement": ("署名付きの要約がありません", "there is no statement"),
    "no_ledger_key": ("台帳の公開鍵がありません", "no key of a ledger was given"),
    "no_ed25519": ("このブラウザは Ed25519 を確認できません", "this browser cannot check Ed25519"),
    "unknown_paper_key": ("知らない鍵で署名されています", "signed with a key that was not given"),
    "not_a_paper_statement": ("要約の形になっていません", "not written as statements are"),
    "paper_signature_invalid": ("署名が正しくありません", "the signature is wrong"),
    "statement_differs": ("記録と一致しません", "it does not agree with the record"),
    "no_proof": ("台帳の証明がありません", "there is no proof"),
    "other_ledger": ("別の台帳の鍵しかありません", "only keys of other ledgers were given"),
    "proof_form": ("証明の形になっていません", "not written as proofs are"),
    "proof_path": ("台帳に載っていることになりません", "it does not lead to the root of the ledger"),
    "note_form": ("署名付き文書の形になっていません", "not written as notes are"),
    "note_number": ("数の書き方が違います", "a number is not written as it must be"),
    "note_base64": ("base64 の書き方が違います", "base64 is not written as it must be"),
    "checkpoint_form": ("台帳の要約の形になっていません", "not written as checkpoints are"),
    "note_signature": ("台帳の署名が正しくありません", "the signature of the ledger is wrong"),
    "note_unsigned": ("その台帳の鍵による署名がありません", "not signed with the key of the ledger"),
    "checkpoint_origin": ("記録とは別の台帳です", "of another ledger than the record names"),
    "ledger_entry": ("台帳の記載の形になっていません", "not written as entries are"),
    "other_entry": ("別の確認書についての記載です", "an entry about another attestation"),
    "other_file": ("別のファイルについての記載です", "an entry about another file"),
    "no_anchors": ("信頼する認証局の証明書がありません", "no root certificates were given"),
    "no_seal": ("確かめられる電子シールがありません", "there is no seal that could be checked"),
    "untrusted": ("信頼する認証局のものではありません", "not of a trusted authority"),
    "seal_expired": ("証明書の期限が切れています", "the certificate has expired"),
    "seal_revoked": ("証明書が失効しています", "the certificate was revoked"),
    "other_institution": ("別の機関の電子シールです", "the seal of another institution"),
    "name_differs": ("証明書の名称の書き方が違います", "the certificate writes the name otherwise"),
    "not_signed": ("台帳による裏付けがありません", "no ledger vouches for it"),
    "ledger_forked": ("台帳が二つの異なる内容に署名しています", "the ledger signed two things that differ"),
    "signed_in_ink": (
        "責任者は紙面に署名し、機関の担当者が写しを確認しました",
        "the attester signed in ink; an officer of the institution confirmed the scan",
    ),
    "sample": ("見本です。何も証明しません", "a sample, which proves nothing"),
    "time_missing": ("時刻認証がありません", "there is no time-stamp"),
    "time_invalid": ("時刻認証が正しくありません", "the time-stamp is wrong"),
    "time_untrusted": ("信頼する時刻認証局のものではありません", "not of a trusted time-stamp authority"),
    "time_expired": ("時刻認証の期限が切れています", "the time-stamp has expired"),
    "time_revoked": ("時刻認証の証明書が失効しています", "the certificate of the time-stamp was revoked"),
    "no_checkpoint_stamp": ("台帳の時刻認証がありません", "there is no time-stamp over the ledger"),
    "stamp_unreadable": ("時刻認証を読めません", "the time-stamp cannot be read"),
    "stamp_digest": ("別のものについての時刻認証です", "a time-stamp over something else"),
    "stamp_signature": ("時刻認証の署名が正しくありません", "the signature of the time-stamp is wrong"),
    "stamp_untrusted": ("信頼する時刻認証局のものではありません", "not of a trusted time-stamp authority"),
    "stamp_expired": ("時刻認証の期限が切れています", "the time-stamp has expired"),
    "no_time": ("時刻がありません", "there is no time"),
    "time_claimed": ("時刻は自己申告です", "the time is only claimed"),
    "in_future": ("検証の時点より後に確認されています", "attested after the moment of this verification"),
    "stamped_before_attested": ("確認より前の時刻認証です", "the time-stamp is older than the attestation"),
    "no_status_list": ("状態一覧がありません", "there is no status list"),
    "not_a_status_list": ("状態一覧の形になっていないか、署名が違います", "not written or not signed as lists are"),
    "status_list_stale": ("一週間より古い一覧です", "the list is older than a week"),
    "not_listed": ("状態一覧に載っていません", "it is not in the status list"),
    "status_unknown": ("状態はわかりません", "nothing tells the status"),
    "superseded": ("新しい確認書に差し替えられています", "superseded by a newer attestation"),
    "withdrawn": ("撤回されています", "withdrawn"),
    "expired": ("有効期限が切れています", "expired"),
}

EXITS = {
    Exit.IN_FORCE: ("真正で、状態一覧の時点で有効です。", "Genuine, and in force as of the status list."),
    Exit.NOT_IN_FORCE: ("真正ですが、有効ではありません。", "Genuine, but not in force."),
    Exit.NOT_GENUINE: ("真正ではありません。", "Not genuine."),
    Exit.CANNOT_TELL: ("手元のものだけでは判断できません。", "It cannot be told from what there is."),
}

ANCHORS = (
    "信頼の基点の指紋 {fingerprint}\n"
    "公表された値と照合し、--trust に与えてください。照合するまで発行者はわかりません。",
    "Fingerprint of the anchors {fingerprint}\n"
    "Compare it with the published one and repeat with --trust; until then nothing is said about the issuer.",
)
OTHER_ANCHORS = (
    "この資料の信頼の基点は、--trust の値と違います: {fingerprint}",
    "The anchors in this bundle are others than those of --trust: {fingerprint}",
)
DAMAGED = ("資料が作られた時のままではありません: {name}", "The bundle is not as it was made: {name}")
NOTHING = ("確認書がありません。", "There is no attestation in it.")
DIFFERENCE = (
    "{place} ({field}): 記録「{expected}」 紙面「{found}」(空白を除く)",
    "{place} ({field}): record “{expected}”, page “{found}” (without spaces)",
)
PLACES = {
    "issuer": ("機関", "Institution"),
    "funder": ("配分機関・制度", "Funder, programme"),
    "grant.number": ("課題番号", "Award number"),
    "grant.title": ("課題名", "Title of the grant"),
    "grant": ("課題", "Grant"),
    "stage_name": ("段階", "Stage"),
    "checklist": ("チェックリスト", "Checklist"),
    "sections": ("区分と項目", "Sections and items"),
    "counts": ("全体の集計", "Counts of the whole"),
    "lists": ("照合したリスト", "Lists consulted"),
    "acts": ("確認の経過", "Acts"),
    "statement": ("確認文", "Statement"),
    "declarations": ("署名者の確認文", "Statements of signatories"),
    "attested_at": ("確認日時", "Attested on"),
    "valid_until": ("有効期限", "Valid until"),
    "annex": ("非公開の別紙", "Confidential annex"),
    "personal_signatures": ("個人の電子署名", "Signatures of persons"),
    "supersedes": ("差し替える確認書", "Supersedes"),
    "snapshot_sha256": ("確認した内容のハッシュ値", "Hash of the content attested"),
    "verify_url": ("検証ページのアドレス", "Address of verification"),
    "code": ("検証コード", "Verification code"),
    "id": ("確認書の番号", "Number of the attestation"),
    "sha256": ("記録の SHA-256", "SHA-256 of the record"),
    "sample": ("見本の表示", "Mark of a sample"),
    "foot": ("ページ下部の記載", "Foot of a page"),
    "page": ("紙面全体", "The page as a whole"),
    "words": ("様式の文言", "Words of the form"),
}
AS_OF = ("{moment} の時点", "as of {moment}")
FACTS = {
    "institution": ("機関", "Institution"),
    "about": ("対象", "About"),
    "code": ("検証コード", "Code"),
    "record_sha256": ("記録の SHA-256", "SHA-256 of the record"),
    "counts": (
        "件数(回答・該当なし・判断保留・入手不可・未回答)",
        "Counts (answered, not applicable, unsure, not obtained, open)",
    ),
    "attested_at": ("確認の時刻", "Attested at"),
    "proven_at": ("証明された時刻", "Proven at"),
    "valid_until": ("有効期限", "Valid until"),
}

# who signed beside the seal speaks neither for nor against a file
PERSON = ("個人の署名", "Signed beside the seal")
PERSON_BY = ("{authority} の証明書", "certificate of {authority}")
PERSON_FAULTS = {
    "untrusted": ("信頼する認証局の証明書ではありません", "not of a trusted authority"),
    "expired": ("証明書の期限外の署名です", "signed outside of the dates of the certificate"),
    "revoked": ("証明書が失効しています", "the certificate was revoked"),
}

# of the page ``verify.html`` alone
PAGE = {
    "no_webcrypto": (
        "このブラウザでは暗号の計算ができないため、何も確認していません。",
        "This browser cannot compute what it takes: nothing was checked.",
    ),
    "bad_key": (
        "台帳の公開鍵の書き方が正しくありません。",
        "The public key of the ledger is not written as it must be.",
    ),
    "not_here": (
        "電子シール、時刻認証、状態一覧は、このページでは確認していません。",
        "The seal, the time-stamps and the status list are not checked on this page.",
    ),
}


def said(words: tuple[str, str], language: str) -> str:
    """Return words in a language, "ja" or "en"."""
    return words[0] if language == "ja" else words[1]
