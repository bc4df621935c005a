"""What is shown of personal data by default."""

from __future__ import annotations

import pytest
from django.template import Context, Template

from core import masking


@pytest.mark.parametrize(
    ("function", "value", "shown"),
    [
        ("phone", "13800138000", "138****8000"),
        ("phone", "+86 138-0013-8000", "138****8000"),
        ("phone", "8613800138000", "138****8000"),
        ("phone", "057187654321", "0571-****4321"),
        ("phone", "0571-87654321", "0571-****4321"),
        ("phone", "01012345678", "010-****5678"),
        ("phone", "02187654321", "021-****4321"),
        ("phone", "4008123456", "4008123456"),
        ("phone", "12315", "12315"),
        ("phone", "95588", "95588"),
        ("phone", "123", "****"),
        ("phone", "555123456789", "****89"),
        ("phone", "", ""),
        ("name", "张三", "张*"),
        ("name", "张三丰", "张*丰"),
        ("name", "欧阳娜娜", "欧***"),
        ("name", "买买提·艾力", "买***"),
        ("name", "John Smith", "J***"),
        ("name", "张", "*"),
        ("name", "", ""),
        ("imei", "860123456787518", "860123*****7518"),
        ("imei", "86 012345 678751 8", "860123*****7518"),
        ("imei", "3520990017614823", "352099******4823"),
        ("imei", "12345678", "****5678"),
        ("imei", "1234567", "****"),
        ("imei", "", ""),
        ("address", "浙江省杭州市西湖区文三路100号", "浙江省杭州市西湖区****"),
        ("address", "北京市海淀区中关村大街1号", "北京市海淀区****"),
        ("address", "广西壮族自治区南宁市青秀区民族大道", "广西壮族自治区南宁市青秀区****"),
        ("address", "湖南省湘西土家族苗族自治州吉首市人民路", "湖南省湘西土家族苗族自治州吉首市****"),
        ("address", "浙江省杭州市文三路幸福小区3号", "浙江省杭州市****"),
        ("address", "江苏省苏州市昆山市前进路2号", "江苏省苏州市昆山市****"),
        ("address", "内蒙古自治区锡林郭勒盟正蓝旗上都镇", "内蒙古自治区锡林郭勒盟正蓝旗****"),
        ("address", "幸福小区3号", "****"),
        ("address", "江苏省苏州市苏州工业园区星湖街1号", "江苏省苏州市苏州工业园区****"),
        ("address", "文三路100号", "****"),
        ("address", "", ""),
        ("email", "alice@x.com", "a***@x.com"),
        ("email", "a@x.com", "a***@x.com"),
        ("email", "@x.com", "****"),
        ("email", "nonsense", "****"),
        ("email", "", ""),
        ("invoice", "24332000000012345678", "****5678"),
        ("invoice", "1234", "****"),
        ("id_card", "11010519491231002X", "110***********002X"),
        ("id_card", "110105491231002", "110********1002"),
        ("id_card", "123", "****"),
        ("bank", "6222 0000 0000 6789", "**** **** **** 6789"),
        ("bank", "6789", "****"),
        ("plate", "浙A12323", "浙A***23"),
        ("plate", "浙A", "****"),
    ],
)
def test_masks(function: str, value: str, shown: str) -> None:
    assert getattr(masking, f"mask_{function}")(value) == shown


def test_the_filters_of_templates() -> None:
    template = Template("{% load masks %}{{ name|mask_name }} {{ phone|mask_phone }} {{ imei|mask_imei }}")
    context = Context({"name": "张三丰", "phone": "13800138000", "imei": "860123456787518"})
    assert template.render(context) == "张*丰 138****8000 860123*****7518"


@pytest.mark.parametrize("name", [name for name in dir(masking) if name.startswith("mask_")])
@pytest.mark.parametrize("value", ["x" * 500, "\x00", "𠮷野家", "  ", "1", "区" * 50, "省市区"])
def test_no_mask_raises_on_odd_input(name: str, value: str) -> None:
    assert isinstance(getattr(masking, name)(value), str)
