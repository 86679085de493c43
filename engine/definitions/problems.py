"""What is wrong with a definition: where, how bad, and one sentence per language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from engine.errors import Invalid, Language

Level = Literal["error", "warning"]

TEXTS: dict[str, tuple[str, str]] = {
    "not_bpmn": ("不是 BPMN 2.0 文件", "This is not a BPMN 2.0 file"),
    "process_count": (
        "一个文件须恰有一个可执行流程，现有 {count} 个",
        "A file holds exactly one executable process; this one holds {count}",
    ),
    "id_missing": ("<{type}> 没有编号（id）", "<{type}> has no id"),
    "id_reserved": ("编号“{id}”为系统保留，请换一个", "The id “{id}” is reserved; choose another"),
    "id_duplicate": ("编号“{id}”重复", "The id “{id}” is used twice"),
    "id_characters": (
        "编号“{id}”只能含字母、数字、点、下划线和连字符",
        "The id “{id}” may hold letters, digits, dots, underscores and hyphens only",
    ),
    "element_unsupported": ("暂不支持“{type}”：{reason_zh}", "“{type}” is not supported: {reason_en}"),
    "start_missing": ("流程没有开始事件", "The process has no start event"),
    "start_many_plain": (
        "无触发条件的开始事件多于一个",
        "There is more than one start event without a trigger",
    ),
    "end_missing": ("流程没有结束事件", "The process has no end event"),
    "unreachable": ("从开始事件无法到达“{name}”", "“{name}” cannot be reached from a start event"),
    "dead_end": ("“{name}”之后没有去向，也不是结束事件", "“{name}” leads nowhere and is no end event"),
    "flow_broken": ("连线的起点或终点不存在", "The flow has no source or no target"),
    "many_outgoing": (
        "“{name}”有多条去向；请用网关分流",
        "“{name}” has several outgoing flows; split with a gateway",
    ),
    "gateway_default_missing": (
        "网关“{name}”没有默认去向：条件都不满足时流程会停住",
        "Gateway “{name}” has no default flow: when no condition holds, the case is stuck",
    ),
    "gateway_condition_missing": (
        "从网关“{name}”出发的连线缺少条件",
        "A flow leaving gateway “{name}” has no condition",
    ),
    "gateway_single": ("网关“{name}”只有一进一出", "Gateway “{name}” has one way in and one way out"),
    "condition_misplaced": (
        "只有排他网关和包容网关之后的连线可以带条件",
        "Only flows leaving an exclusive or inclusive gateway may carry a condition",
    ),
    "expression_invalid": ("{where}的表达式有误：{reason_zh}", "The expression in {where} is wrong: {reason_en}"),
    "function_unknown": ("{where}用到未知函数“{function}”", "{where} calls an unknown function “{function}”"),
    "form_unknown": ("“{name}”所用表单“{form}”不存在", "“{name}” uses form “{form}”, which does not exist"),
    "form_invalid": ("表单“{form}”：{reason_zh}", "Form “{form}”: {reason_en}"),
    "decision_missing": ("业务规则任务“{name}”没有指定决策", "Business rule task “{name}” names no decision"),
    "decision_unknown": (
        "“{name}”所用决策“{decision}”不存在",
        "“{name}” uses decision “{decision}”, which does not exist",
    ),
    "decision_result_missing": (
        "业务规则任务“{name}”没有结果变量",
        "Business rule task “{name}” has no result variable",
    ),
    "decision_invalid": ("{reason_zh}", "{reason_en}"),
    "decision_duplicate": (
        "决策“{decision}”在文件“{other}”中已有",
        "Decision “{decision}” stands in file “{other}” already",
    ),
    "group_unknown": ("“{name}”所用组“{group}”不存在", "“{name}” names group “{group}”, which does not exist"),
    "group_empty": ("组“{group}”没有在职成员，“{name}”无人能办", "Group “{group}” has no active member to do “{name}”"),
    "user_unknown": ("“{name}”所用用户“{user}”不存在", "“{name}” names user “{user}”, who does not exist"),
    "nobody": (
        "“{name}”没有办理人：请指定办理人、候选组，或给泳道指定组",
        "Nobody can do “{name}”: give it an assignee, candidate groups, or a lane with a group",
    ),
    "topic_missing": ("服务任务“{name}”没有指定主题（topic）", "Service task “{name}” has no topic"),
    "topic_unknown": (
        "服务任务“{name}”的主题“{topic}”不存在",
        "Topic “{topic}” of service task “{name}” does not exist",
    ),
    "topic_input_missing": (
        "服务任务“{name}”缺少输入“{input}”",
        "Service task “{name}” lacks the input “{input}”",
    ),
    "topic_input_unknown": (
        "主题“{topic}”没有名为“{input}”的输入",
        "Topic “{topic}” has no input called “{input}”",
    ),
    "timer_missing": ("定时事件“{name}”没有期限", "Timer “{name}” has no term"),
    "timer_invalid": (
        "定时事件“{name}”的期限“{term}”无效：{reason_zh}",
        "Timer “{name}”: “{term}” is no usable term: {reason_en}",
    ),
    "timer_cycle_interrupting": (
        "中断型或中间定时事件“{name}”不能循环",
        "“{name}” interrupts or stands in the flow, so it cannot repeat",
    ),
    "timer_start_computed": (
        "定时开始事件“{name}”的期限不能用表达式：此时还没有流程数据",
        "The term of the start event “{name}” cannot be an expression: there are no data to compute with yet",
    ),
    "timer_count_unanchored": (
        "定时开始事件“{name}”的循环“{term}”有次数，须写明起点，例如 R3/2026-01-31T08:00:00/P1M",
        "“{term}” of the start event “{name}” counts, so it must say from when, e.g. R3/2026-01-31T08:00:00/P1M",
    ),
    "message_missing": ("消息事件“{name}”没有指定消息", "Message event “{name}” names no message"),
    "called_missing": ("调用活动“{name}”没有指定流程", "Call activity “{name}” names no process"),
    "called_unknown": ("“{name}”调用的流程“{key}”不存在", "“{name}” calls process “{key}”, which does not exist"),
    "called_recursive": ("流程互相调用，没有尽头：{path}", "Processes call each other without end: {path}"),
    "script_result_missing": ("脚本任务“{name}”没有结果变量", "Script task “{name}” has no result variable"),
    "script_language": (
        "脚本任务“{name}”须用 FEEL，不能用“{language}”",
        "Script task “{name}” must be FEEL, not “{language}”",
    ),
    "collection_missing": ("多实例“{name}”没有指定集合", "Multi-instance “{name}” names no collection"),
    "too_large_path": ("流程节点多于 {limit} 个", "The process has more than {limit} nodes"),
    "prediction_explodes": (
        "流程结构会展开成过多的可能路径（{tasks} 个以上），请减少连续的分支",
        "The diagram unfolds into too many possible paths (over {tasks}); use fewer branches in sequence",
    ),
    "not_parsable": ("引擎不能读懂此流程：{reason}", "The engine cannot read this process: {reason}"),
    "label_missing": ("“{id}”没有名称", "“{id}” has no name"),
    "label_untranslated": ("“{name}”没有英文名称（属性 en）", "“{name}” has no English name (property en)"),
    "rule_invalid": ("规则“{rule}”：{reason_zh}", "Rule “{rule}”: {reason_en}"),
    "rule_process_missing": ("没有与此规则文件同名的流程“{key}”", "There is no process “{key}” beside this rules file"),
    "paths_invalid": (
        "走查文件须含有 process 和 paths，每条走查有中英文名称",
        "A file of walks holds process and paths, and each walk has a name in zh and en",
    ),
    "paths_process_missing": ("没有走查文件所说的流程“{key}”", "There is no process “{key}”, which the walks are of"),
    "rule_unsatisfiable": (
        "规则“{rule}”会使任务“{name}”无人可办：{reason_zh}",
        "Rule “{rule}” leaves nobody for “{name}”: {reason_en}",
    ),
    "key_mismatch": ("文件名“{name}”与流程编号“{key}”不同", "File “{name}” does not carry the name of process “{key}”"),
}


@dataclass(frozen=True)
class Problem:
    """One finding of the publish checks, on one element of one file."""

    code: str
    file: str
    element_id: str
    zh: str
    en: str
    level: Level = "error"

    def message(self, language: Language) -> str:
        """The sentence for a reader of ``language``."""
        return self.zh if language == "zh" else self.en

    def to_json(self) -> dict[str, str]:
        """The finding as JSON values."""
        return {
            "code": self.code,
            "file": self.file,
            "element_id": self.element_id,
            "zh": self.zh,
            "en": self.en,
            "level": self.level,
        }


def problem(code: str, file: str, element_id: str = "", *, level: Level = "error", **details: Any) -> Problem:
    """The finding ``code`` with its sentences filled in from ``details``."""
    zh, en = TEXTS[code]
    return Problem(code, file, element_id, zh.format_map(details), en.format_map(details), level)


class DefinitionInvalid(Invalid):
    """A definition that may not be published; ``details['problems']`` lists every finding."""

    code = "definition_invalid"
    zh = "流程定义未通过检查：{first_zh}（共 {count} 处）"
    en = "The definition did not pass the checks: {first_en} ({count} in all)"

    def __init__(self, problems: Sequence[Problem]) -> None:
        errors = [found for found in problems if found.level == "error"]
        super().__init__(
            problems=[found.to_json() for found in problems],
            count=len(errors),
            first_zh=_place(errors[0]) + errors[0].zh,
            first_en=_place(errors[0]) + errors[0].en,
        )
        self.problems = tuple(problems)


def _place(found: Problem) -> str:
    return f"{found.file}#{found.element_id}: " if found.element_id else f"{found.file}: "
