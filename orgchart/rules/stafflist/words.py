"""The words of a staff list: headings, education, yes and no, days."""

from __future__ import annotations

import re

from core.imports.words import EMAIL, FIRST_DAY, LAST_DAY, NOT_PLAIN, plain, read_day, tidy
from core.imports.words import heading as plain_heading
from orgchart.enums import EducationLevel

FIRST, LAST = FIRST_DAY, LAST_DAY

_HEADINGS: dict[str, tuple[str, ...]] = {
    "employee_no": (
        "工号",
        "员工编号",
        "员工号",
        "employee number",
        "employee no",
        "employee_no",
        "employee id",
    ),
    "name": ("姓名", "name"),
    "username": ("登录名", "用户名", "账号", "log-in name", "login name", "login", "username"),
    "email": ("邮箱", "电子邮箱", "电子邮件", "e-mail", "email"),
    "position": ("岗位", "职位", "position"),
    "unit": ("单位", "部门", "unit"),
    "starts_on": ("到岗日期", "任职日期", "first day", "in post since", "from", "starts_on"),
    "is_primary": ("是否主岗", "主岗", "main post", "is_primary"),
    "education": ("学历", "education"),
    "hired_on": ("入职日期", "hired on", "first day in the company", "hired_on"),
    "superior": ("上级工号", "直接上级工号", "superior", "superior's number"),
}
_LEVELS: dict[str, tuple[str, ...]] = {
    EducationLevel.SECONDARY: (
        "中专",
        "高中",
        "中学",
        "职高",
        "中专/高中",
        "高中或中专",
        "secondary school",
        "high school",
    ),
    EducationLevel.JUNIOR_COLLEGE: ("大专", "专科", "大学专科", "junior college"),
    EducationLevel.BACHELOR: ("本科", "大学本科", "学士", "bachelor"),
    EducationLevel.MASTER: ("硕士", "研究生", "硕士研究生", "master"),
    EducationLevel.DOCTOR: ("博士", "博士研究生", "doctor", "phd"),
}
YES = frozenset({"是", "主岗", "yes", "y", "1", "true", "对", "√"})
NO = frozenset({"否", "兼岗", "兼任", "no", "n", "0", "false"})
EMPLOYEE_NO = re.compile(r"[A-Za-z0-9-]{1,20}", re.ASCII)
USERNAME = re.compile(r"[A-Za-z0-9_.@+-]{1,40}", re.ASCII)


_BY_HEADING = {plain(word): column for column, words in _HEADINGS.items() for word in words}
EDUCATION = {plain(word): level for level, words in _LEVELS.items() for word in (level, *words)}


def column_of(heading: str) -> str | None:
    """The column that a heading names, in Chinese, English or as a code; None for one that nobody knows."""
    return _BY_HEADING.get(plain_heading(heading))


__all__ = [
    "EDUCATION", "EMAIL", "EMPLOYEE_NO", "FIRST", "LAST", "NO", "NOT_PLAIN", "USERNAME", "YES", "column_of", "plain",
    "read_day", "tidy",
]  # fmt: skip
