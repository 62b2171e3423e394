"""Reads values from the words a customer writes: numbers, addresses, dates, yes and no.

Pure functions; None means the words hold no such value. Days are Shanghai calendar days.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation

import cn2an

DIGIT_WORDS = str.maketrans("零〇一二三四五六七八九幺", "001234567891")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86)?(1[3-9]\d{9})(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(0\d{2,3}-?\d{7,8})(?!\d)")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_CODE = re.compile(r"(?<!\d)(\d{6})(?!\d)")
_POLICY = re.compile(r"(?<![A-Za-z0-9])([A-Z]{1,6}\d{10,22})(?!\d)", re.IGNORECASE)
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·.\s]?[A-Z0-9]{5,6}",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"^[\u4e00-\u9fff]{2,6}$|^[\u4e00-\u9fff]{1,10}·[\u4e00-\u9fff·]{1,10}$|^[A-Za-z][A-Za-z .'-]{1,39}$"
)
_NAME_INTRODUCTION = re.compile(r"^(?:我(?:叫|是)|姓名(?:是|叫)?|名字(?:是|叫)?|叫|是)[:：\s]*")
_ADDRESS_INTRODUCTION = re.compile(
    r"^(?:新?(?:的)?地址(?:是|在|改成|换成|:|：)?|改成|换成|我?(?:搬到|住在?))[:：\s]*"
)
_ADDRESS_PLACE = re.compile(r"[省市区县州旗镇乡村路街道巷弄号栋幢室单元楼苑园里]")
_YES = re.compile(
    r"^(?:是的?|对的?|对头|没错|有的?|有变化|有人(?:受伤)?|嗯+|好的?|好吧|可以|行|要的?|确认|提交|没问题|正确|ok|yes|y)[啊呀吧了哦呢的]*[。.!！~～]*$",
    re.IGNORECASE,
)
_NO = re.compile(
    r"^(?:不是的?|没有?|没有?人(?:受伤|伤)?|没有?变化?|人没事|都没事|不对|不要|不用|不|否|无|错了?|no|n)[啊呀吧了哦呢的]*[。.!！~～]*$",
    re.IGNORECASE,
)
_QUESTION = re.compile(r"[?？]|吗|多久|什么|怎么|几天|多少|哪[里个些]|如何|能不能|是不是|要不要|会不会|呢$")
_SKIP = re.compile(
    r"^(?:跳过|没有?(?:电话|号码|保单号)?|不知道|不清楚|不记得|记不(?:得|清)了?|忘了|找不到|无|不填|没带|不方便"
    r"|不想?(?:留|说|给|写)(?:电话|号码)?)[啊呀吧了哦呢的]*[。.!！]*$"
)
_RESEND = re.compile(r"重发|重新发|再发|没收到|收不到|没有收到")
_ON_FILE = re.compile(r"预留|原来的|以前的|老号码|就这个|现在这个|登记的|留的那个|你们有")
_AMOUNT = re.compile(
    r"(\d[\d,]*(?:\.\d+)?|[零一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟]+)"
    r"\s*(万|千|百|[wWkK])?(?![\d月日号年天岁%])\s*(?:元|块|圆)?"
)
_AMOUNT_UNITS = {"万": 10_000, "w": 10_000, "千": 1_000, "k": 1_000, "百": 100}
_ID_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx](?![\dA-Za-z])")
_BANK_CARD = re.compile(r"(?<!\d)\d{16,19}(?!\d)")


def tidy(text: str) -> str:
    """The words in plain width, trimmed: full-width digits and letters become ordinary ones."""
    return unicodedata.normalize("NFKC", text).strip()


def read_mobile(text: str) -> str | None:
    """The last mobile number in the words, so that "not 138…, it is 139…" gives the second."""
    plain = re.sub(r"(?<=\d)[\s-]+(?=\d)", "", tidy(text).translate(DIGIT_WORDS))
    found = _MOBILE.findall(plain)
    return str(found[-1]) if found else None


def read_phone(text: str) -> str | None:
    """A mobile number, or a landline with its area code."""
    mobile = read_mobile(text)
    if mobile is not None:
        return mobile
    found = _LANDLINE.search(re.sub(r"\s+", "", tidy(text)))
    return found[1] if found else None


def read_email(text: str) -> str | None:
    """The last e-mail address in the words."""
    found = _EMAIL.findall(tidy(text))
    return str(found[-1]) if found else None


def read_code(text: str) -> str | None:
    """A six-digit code."""
    found = _CODE.search(re.sub(r"(?<=\d)\s+(?=\d)", "", tidy(text)))
    return found[1] if found else None


def read_policy_number(text: str) -> str | None:
    """Something shaped like a policy number; whether it exists is for the records to say."""
    found = _POLICY.search(tidy(text))
    return found[1].upper() if found else None


def read_plate(text: str) -> str | None:
    """A Chinese licence plate without its dot."""
    found = _PLATE.search(tidy(text))
    return re.sub(r"[·.\s]", "", found[0]).upper() if found else None


def read_name(text: str) -> str | None:
    """A person's name, with "我叫" and the like left out."""
    name = _NAME_INTRODUCTION.sub("", tidy(text).rstrip("。.!！"))
    return name if _NAME.match(name) else None


def read_address(text: str) -> str | None:
    """A postal address: long enough and naming a place; "地址改成" and the like are left out."""
    address = _ADDRESS_INTRODUCTION.sub("", tidy(text).rstrip("。.!！"))
    return address if len(address) >= 6 and len(_ADDRESS_PLACE.findall(address)) >= 2 else None


def asks(text: str) -> bool:
    """Whether the words ask something."""
    return bool(_QUESTION.search(text))


def read_yes_no(text: str) -> bool | None:
    """Yes or no, said shortly; a longer sentence is neither."""
    plain = tidy(text)
    if _NO.match(plain):
        return False
    return True if _YES.match(plain) else None


def means_on_file(text: str) -> bool:
    """Whether the customer means the phone the insurer already has."""
    return bool(_ON_FILE.search(tidy(text)))


def says_resend(text: str) -> bool:
    """Whether the code did not arrive or another one is wanted."""
    return bool(_RESEND.search(tidy(text)))


def says_skip(text: str) -> bool:
    """Whether the customer has no such value to give."""
    return bool(_SKIP.match(tidy(text)))


def read_amount(text: str) -> Decimal | None:
    """An amount in yuan: 3,200 · 1.2万 · 三千二 · 3k."""
    plain = tidy(text)
    found = _AMOUNT.search(plain)
    if found is None:
        return None
    number, unit = found[1].replace(",", ""), (found[2] or "").lower()
    try:
        value = Decimal(number) if number[0].isdigit() else Decimal(str(cn2an.cn2an(number, "smart")))
    except (InvalidOperation, ValueError):
        return None
    return value * _AMOUNT_UNITS.get(unit, 1)


def read_id_number(text: str) -> str | None:
    """Something shaped like a resident identity number, X in capitals, whether it is valid or not."""
    found = _ID_NUMBER.search(re.sub(r"(?<=\d)[\s-]+(?=[\dXx])", "", tidy(text)))
    return found[0].upper() if found else None


def read_bank_card(text: str) -> str | None:
    """A card number of 16 to 19 digits; a wrong check digit is no reason, some real cards have none."""
    found = _BANK_CARD.search(re.sub(r"(?<=\d)[\s-]+(?=\d)", "", tidy(text)))
    return found[0] if found else None


def says_open_end(text: str) -> bool:
    """Whether a document is valid without end."""
    return "长期" in text or "永久" in text
