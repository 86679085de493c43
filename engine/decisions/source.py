"""From a DMN file to a ``DecisionModel``. The shape is checked here; what it means is checked in ``checks``.

DMN 1.1 to 1.5 are read; what they have beyond decision tables, literal expressions and requirements is refused rather
than ignored. The ``camunda:property`` called ``en`` holds English labels, as in diagrams.
"""

from __future__ import annotations

from lxml import etree

from engine.decisions.errors import DecisionSourceInvalid
from engine.decisions.model import Cell, Decision, DecisionModel, DecisionTable, ValueType
from engine.decisions.table_source import read_table
from engine.decisions.tree import child, children, label_of, text_of
from engine.decisions.types_source import read_types
from engine.xml import XmlRefused, parse_xml

_NAMESPACES = frozenset(
    {
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    }
)
_UNSUPPORTED = frozenset(
    {"businessKnowledgeModel", "decisionService", "import", "invocation", "context", "relation", "list",
     "functionDefinition", "conditional", "filter", "for", "some", "every", "knowledgeRequirement"}
)  # fmt: skip
_FEEL = ("feel", "/feel/")
LIMIT_DECISIONS = 200
LIMIT_CHARACTERS = 300_000
LIMIT_KEY = 100


def read_decisions(source: bytes, file: str = "") -> DecisionModel:
    """Read one DMN file. Raises ``DecisionSourceInvalid`` with every problem of shape, for hostile XML too."""
    try:
        root = parse_xml(source)
    except XmlRefused as refused:
        raise DecisionSourceInvalid(
            file, [{"element": "", "zh": refused.message("zh"), "en": refused.message("en")}]
        ) from refused
    name = etree.QName(root)
    if name.localname != "definitions" or name.namespace not in _NAMESPACES:
        raise DecisionSourceInvalid(file, [{"element": "", "zh": "不是 DMN 文件", "en": "this is not a DMN file"}])
    return _Reader(root, file).read()


class _Reader:
    def __init__(self, root: etree._Element, file: str) -> None:
        self.root, self.file = root, file
        self.problems: list[dict[str, str]] = []
        self.types = read_types(root)

    def read(self) -> DecisionModel:
        self._check_contents()
        decisions: dict[str, Decision] = {}
        for node in children(self.root, "decision"):
            key = node.get("id", "")
            if not 0 < len(key) <= LIMIT_KEY or key in decisions:
                zh, en = "决策没有编号，或编号过长、重复", "a decision has no id, one too long, or one already used"
                self._problem(node, zh, en)
                continue
            decisions[key] = self._decision(node, key)
        if not decisions:
            self._problem(self.root, "文件中没有决策", "the file holds no decision")
        if len(decisions) > LIMIT_DECISIONS:
            self._problem(self.root, f"决策多于 {LIMIT_DECISIONS} 个", f"more than {LIMIT_DECISIONS} decisions")
        inputs = frozenset(_variable(node) for node in children(self.root, "inputData"))
        self._check_requirements(decisions)
        if self.problems:
            raise DecisionSourceInvalid(self.file, self.problems)
        return DecisionModel(self.file, decisions, inputs)

    def _problem(self, node: etree._Element, zh: str, en: str) -> None:
        self.problems.append({"element": _nearest_id(node), "zh": zh, "en": en})

    def _check_contents(self) -> None:
        written = sum(len(node.text or "") for node in self.root.iter())
        if written > LIMIT_CHARACTERS:
            zh, en = f"文字多于 {LIMIT_CHARACTERS} 个字符", f"more than {LIMIT_CHARACTERS} characters of text"
            self._problem(self.root, zh, en)
        for node in self.root.iter(f"{{{etree.QName(self.root).namespace}}}*"):
            tag = etree.QName(node).localname
            if tag in _UNSUPPORTED:
                self._problem(node, f"暂不支持 {tag}", f"{tag} is not supported")
            language = node.get("expressionLanguage", "").lower()
            if language and language != _FEEL[0] and _FEEL[1] not in language:
                self._problem(node, f"只能用 FEEL，不能用“{language}”", f"only FEEL is read, not “{language}”")

    def _decision(self, node: etree._Element, key: str) -> Decision:
        label = label_of(node, "name", key)
        table_node, expression_node = child(node, "decisionTable"), child(node, "literalExpression")
        table: DecisionTable | None = None
        expression: Cell | None = None
        if table_node is not None:
            table = read_table(table_node, self.types, self._problem)
        elif expression_node is not None:
            expression = Cell(expression_node.get("id", key), text_of(expression_node, "text"))
        else:
            self._problem(
                node,
                f"决策“{label.text('zh')}”既无决策表也无表达式",
                f"decision “{label.text('en')}” has neither a table nor an expression",
            )
        variable = child(node, "variable")
        given = variable.get("typeRef", "") if variable is not None else ""
        return Decision(
            key=key,
            label=label,
            variable=_variable(node),
            type=self.types(given) if expression is not None else ValueType(),
            requires=self._requires(node),
            table=table,
            expression=expression,
        )

    def _requires(self, node: etree._Element) -> tuple[str, ...]:
        found: list[str] = []
        for requirement in children(node, "informationRequirement"):
            for needed in children(requirement, "requiredDecision"):
                href = needed.get("href", "")
                if not href.startswith("#"):
                    self._problem(node, f"不能引用其他文件：{href}", f"nothing in another file is read: {href}")
                else:
                    found.append(href[1:])
        return tuple(dict.fromkeys(found))

    def _check_requirements(self, decisions: dict[str, Decision]) -> None:
        """Every decision required exists, no two share a variable, and nothing requires itself in a circle."""
        named: dict[str, str] = {}
        for decision in decisions.values():
            other = named.setdefault(decision.variable, decision.key)
            if other != decision.key:
                self._said(decision, f"名称与决策“{other}”相同", f"it has the same name as decision “{other}”")
            for key in decision.requires:
                if key not in decisions:
                    self._said(decision, f"引用的决策“{key}”不存在", f"it requires “{key}”, which does not exist")
        if not self.problems:
            self._check_circles(decisions)

    def _check_circles(self, decisions: dict[str, Decision]) -> None:
        """Take away, again and again, what requires nothing that is left; what remains goes round in a circle."""
        left = {key: set(decision.requires) for key, decision in decisions.items()}
        while free := [key for key, needed in left.items() if not needed & left.keys()]:
            for key in free:
                del left[key]
        if left:
            circle = ", ".join(left)
            first = decisions[next(iter(left))]
            self._said(
                first, f"决策相互引用，没有尽头：{circle}", f"decisions require each other without end: {circle}"
            )

    def _said(self, decision: Decision, zh: str, en: str) -> None:
        zh_name, en_name = decision.label.text("zh"), decision.label.text("en")
        self.problems.append(
            {"element": decision.key, "zh": f"决策“{zh_name}”：{zh}", "en": f"decision “{en_name}”: {en}"}
        )


def _variable(node: etree._Element) -> str:
    """What expressions call the value of a decision or an input: its variable, else its name, else its id."""
    variable = child(node, "variable")
    given = variable.get("name", "") if variable is not None else ""
    return " ".join((given or node.get("name", "") or node.get("id", "")).split())


def _nearest_id(node: etree._Element) -> str:
    holder: etree._Element | None = node
    while holder is not None and not holder.get("id"):
        holder = holder.getparent()
    return holder.get("id", "") if holder is not None else ""
