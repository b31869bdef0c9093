"""用码业务类型: the field's, and our own for the bureau's counter (S8), for which the field has no code."""

COUNTER = "09901"
BUSINESS_TYPES = {
    "01101": "挂号",
    "01102": "住院建档",
    "01103": "入院登记",
    "01104": "缴纳预缴金",
    "01201": "问诊",
    "01202": "预约检查",
    "01203": "检查",
    "01204": "治疗",
    "01301": "结算",
    "01302": "取药",
    "01303": "取报告",
    "01304": "打印票据和清单",
    "01305": "病历材料复印",
    "02121": "药店购药",
    "02122": "下载外购处方",
    "03131": "医疗类 APP 线上身份认证",
    "03132": "医疗类 APP 线上结算",
    COUNTER: "医保服务窗口",
}
# What a person does there, in plain words: name in addresses -> its business types.
SCENES = {
    "registration": ("01101",),
    "inpatient": ("01102", "01103", "01104"),
    "treatment": ("01201", "01202", "01203", "01204"),
    "payment": ("01301",),
    "medicine": ("01302", "02121", "02122"),
    "papers": ("01303", "01304", "01305"),
    "online": ("03131", "03132"),
    "counter": (COUNTER,),
}
ONLINE = frozenset(SCENES["online"])  # codes shown on a screen, where paper is of no use
PAYING = frozenset({"01301", "02121", "03132"})  # where a relayed code would cost money
