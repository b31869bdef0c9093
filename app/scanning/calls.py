"""The calls of the institution API, version 1, as tables of fields."""

from typing import NamedTuple

from app.institutions.business_types import BUSINESS_TYPES
from app.scanning.fields import Field

QUERY = "ec.query"
EXAMPLE_CODE = "8009223372036854763462179525000017220609899615700932046449993"
CODE_KINDS = ("80", "81", "12")

EC_QUERY = (
    Field(path=("orgId",), about="定点医药机构编号，须与密钥所属机构一致", example="H51060000001", longest=40),
    Field(path=("transType",), about="固定为 ec.query", example=QUERY, choices=(QUERY,)),
    Field(
        path=("data", "ecQrCode"),
        about="扫码枪读到的数字(61 或 63 位),或屏幕下方的十二位数字",
        example=EXAMPLE_CODE,
        shortest=0,
        pattern="",
    ),
    Field(path=("data", "businessType"), about="用码业务类型", example="01301", choices=tuple(BUSINESS_TYPES)),
    Field(path=("data", "operatorId"), about="经办人编号", example="N5106001", longest=64),
    Field(path=("data", "operatorName"), about="经办人姓名", example="李芳", longest=64),
    Field(
        path=("data", "outBizNo"),
        about="业务流水号，每个请求一个；十分钟内重发同一个请求得到同一个回答",
        example="20261121-000001",
        longest=64,
        pattern=r"^[A-Za-z0-9_-]*$",
    ),
    Field(path=("data", "officeId"), about="科室编号", example="A01", is_required=False, shortest=0, longest=20),
    Field(path=("data", "officeName"), about="科室名称", example="内科", is_required=False, shortest=0, longest=30),
    Field(path=("data", "deviceType"), about="设备类型", example="SelfService", is_required=False, shortest=0, longest=64),
    Field(path=("extra",), about="不读取", example={}, is_required=False, is_text=False),
)


class ScanRequest(NamedTuple):
    """A request that passed the checks of `EC_QUERY`. Texts that were not sent are empty."""

    code: str
    business_type: str
    operator_id: str
    operator_name: str
    office_id: str
    out_biz_no: str


def read_request(body: object) -> ScanRequest:
    data = body.get("data") if isinstance(body, dict) else None
    names = ("ecQrCode", "businessType", "operatorId", "operatorName", "officeId", "outBizNo")
    return ScanRequest(*(text_of(data, name) for name in names))


def text_of(sent: object, name: str) -> str:
    """The text under this name in a JSON object, or an empty one."""
    value = sent.get(name) if isinstance(sent, dict) else None
    return value if isinstance(value, str) else ""


SPECIMEN_NAMES = ("adult", "child", "suspended", "frozen", "challenged")

SANDBOX_CODE = (
    Field(path=("specimen",), about="样本人", example="adult", choices=SPECIMEN_NAMES),
    Field(path=("kind",), about="80 医保码；81 回答核对数字的医保码；12 十二位数字", example="80", choices=CODE_KINDS),
    Field(
        path=("challenge",),
        about="核对的两位数字，只用于 81",
        example="47",
        is_required=False,
        shortest=2,
        longest=2,
        pattern=r"^[0-9]*$",
    ),
)
