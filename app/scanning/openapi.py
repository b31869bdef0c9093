"""The OpenAPI 3.1 document, made from the tables of fields and reasons, so that it cannot differ from the code."""

import json
from functools import cache
from typing import Any

from app.institutions.business_types import BUSINESS_TYPES
from app.scanning.calls import EC_QUERY, EXAMPLE_CODE, SANDBOX_CODE
from app.scanning.fields import body_example, body_schema
from app.scanning.reasons import REASONS, Reason

_EXAMPLE_ORG = "H51060000001"
_COMMON = (2001, 2002, 2004, 2005, 2007, 2008, 2009, 2010, 2013)
_TEXT = {"type": "string"}

_SUCCESS_EXAMPLE = {
    "code": 0,
    "message": "成功",
    "orgId": _EXAMPLE_ORG,
    "data": {
        "userName": "样本成人",
        "idNo": "510600198506129012",
        "idType": "01",
        "ecToken": "N0f3Gm1Yw2xkQ8rT6uVb4cZs9aHj7LpE",
        "insuOrg": "510699",
        "ecIndexNo": "5f0c6d1b8e9a4c7d92b3a1e0f4d6c8b7",
        "gender": "1",
        "birthday": "1985-06-12",
        "nationality": "01",
        "extData": {"shownBy": "self", "subject": "person", "specimen": True, "scanId": "381224519004168192"},
    },
}


@cache
def document() -> bytes:
    return json.dumps(_document(), ensure_ascii=False, indent=1).encode()


def _document() -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "医保码机构接口",
            "version": "1",
            "description": (
                "定点医药机构扫医保码、核对身份。每个拒绝都带一个 code、一句发生了什么、一句现在怎么办,"
                "和一个可以读给热线听的 helpCode。\n\n"
                "同一个 outBizNo 十分钟内重发同一个请求，得到逐字节相同的回答，不会重复办理。\n\n"
                "用码业务类型:" + ",".join(f"{code} {name}" for code, name in BUSINESS_TYPES.items())
            ),
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"key": []}],
        "paths": _paths(),
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "pz_<编号>_<密钥>"}},
            "schemas": _schemas(),
        },
    }


def _paths() -> dict[str, Any]:
    refusals_200 = [reason for reason in REASONS.values() if reason.status == 200]
    scan = _operation("queryCode", "扫码核对身份", "EcQuery", body_example(EC_QUERY), _scan_answers(refusals_200), (2003, 2006))
    draw = _operation(
        "createSandboxCode",
        "取一张样码(只供测试环境的密钥)",
        "SandboxCode",
        {"specimen": "adult", "kind": "80"},
        _answer("样码", {"$ref": "#/components/schemas/DrawnCode"}, {"drawn": {"value": _drawn_example()}}),
        (2014,),
    )
    show = {
        "operationId": "showOpenapi",
        "summary": "本文档",
        "security": [],
        "responses": {"200": _answer("本文档", {"type": "object"}, {})},
    }
    return {"/ec/query": {"post": scan}, "/sandbox/codes": {"post": draw}, "/openapi.json": {"get": show}}


def _operation(
    name: str, summary: str, schema: str, example: dict[str, Any], answer: dict[str, Any], reasons: tuple[int, ...]
) -> dict[str, Any]:
    by_status: dict[str, list[Reason]] = {}
    for code in sorted((*_COMMON, *reasons)):
        by_status.setdefault(str(REASONS[code].status), []).append(REASONS[code])
    return {
        "operationId": name,
        "summary": summary,
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}, "example": example}},
        },
        "responses": {"200": answer} | {status: _refusals(found) for status, found in by_status.items()},
    }


def _answer(description: str, schema: dict[str, Any], examples: dict[str, Any]) -> dict[str, Any]:
    media: dict[str, Any] = {"schema": schema}
    if examples:
        media["examples"] = examples
    return {"description": description, "content": {"application/json": media}}


def _scan_answers(reasons: list[Reason]) -> dict[str, Any]:
    either = {"oneOf": [{"$ref": "#/components/schemas/Person"}, {"$ref": "#/components/schemas/Refusal"}]}
    return _answer("成功，或这张码不能用的原因", either, {"success": {"value": _SUCCESS_EXAMPLE}, **_examples(reasons)})


def _refusals(reasons: list[Reason]) -> dict[str, Any]:
    answer = _answer("、".join(r.title for r in reasons), {"$ref": "#/components/schemas/Refusal"}, _examples(reasons))
    if reasons[0].status in (429, 503):
        about = {"description": "几秒后再试", "required": True, "schema": {"type": "integer", "minimum": 1}}
        answer["headers"] = {"Retry-After": about}
    return answer


def _examples(reasons: list[Reason]) -> dict[str, Any]:
    return {reason.name: {"summary": reason.title, "value": _refusal_example(reason)} for reason in reasons}


def _refusal_example(reason: Reason) -> dict[str, Any]:
    more = {"request_invalid": {"field": "data.businessType"}, "challenge_required": {"challenge": "47"}}.get(reason.name, {})
    return {
        "code": reason.code,
        "reason": reason.name,
        "message": reason.message,
        "next": reason.next,
        "helpCode": f"P-{reason.help_number}-482917",
        "orgId": _EXAMPLE_ORG,
        **more,
    }


def _drawn_example() -> dict[str, str]:
    return {"ecQrCode": EXAMPLE_CODE, "expiresAt": "2026-11-21T18:14:20+08:00"}


def _object(properties: dict[str, Any], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _schemas() -> dict[str, Any]:
    return {
        "EcQuery": body_schema(EC_QUERY),
        "SandboxCode": body_schema(SANDBOX_CODE),
        "DrawnCode": _object(
            {
                "ecQrCode": {"type": "string", "pattern": r"^(\d{61}|\d{63}|\d{12})$"},
                "expiresAt": {"type": "string", "format": "date-time"},
            }
        ),
        "Person": _object({"code": {"const": 0}, "message": _TEXT, "orgId": _TEXT, "data": _person_schema()}),
        "Refusal": _object(
            {
                "code": {"type": "integer", "enum": [*REASONS]},
                "reason": {"type": "string", "enum": [reason.name for reason in REASONS.values()]},
                "message": {"type": "string", "description": "发生了什么"},
                "next": {"type": "string", "description": "现在怎么办"},
                "helpCode": {"type": "string", "pattern": r"^P-\d{2}-\d{6}$", "description": "可以读给热线听"},
                "orgId": {"type": "string", "maxLength": 40},
                "field": {"type": "string", "description": "只随 request_invalid：不符合要求的那一项"},
                "challenge": {
                    "type": "string",
                    "pattern": r"^\d{2}$",
                    "description": "只随 challenge_required：要告诉持码人的两位数字",
                },
            },
            optional=("field", "challenge"),
        ),
    }


def _person_schema() -> dict[str, Any]:
    return _object(
        {
            "userName": _TEXT,
            "idNo": {"type": "string", "maxLength": 64},
            "idType": {"type": "string", "description": "人员证件类型 psn_cert_type"},
            "ecToken": {"type": "string", "maxLength": 40, "description": "电子凭证令牌：24 小时或一次结算内有效"},
            "insuOrg": {"type": "string", "description": "参保地 admdvs"},
            "ecIndexNo": {"type": "string", "description": "本机构内这位参保人不变的索引"},
            "gender": {"type": "string", "enum": ["1", "2", "9"]},
            "birthday": {"type": "string", "pattern": r"^(\d{4}-\d{2}-\d{2})?$"},
            "nationality": {"type": "string", "description": "01，外国人为三位字母国别"},
            "extData": _object(
                {
                    "shownBy": {"type": "string", "enum": ["self", "family", "slip"]},
                    "subject": {"type": "string", "enum": ["person", "unit"]},
                    "specimen": {"type": "boolean"},
                    "scanId": _TEXT,
                }
            ),
        }
    )
