"""The two tags Livedeck adds to Jinja: `{% claim %}` for authors, and the step that a run fence becomes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.ext import Extension
from jinja2.idtracking import VAR_LOAD_RESOLVE
from jinja2.parser import Parser
from jinja2.runtime import Context

from livedeck.template.program.inner import CALLED, INNER, NestedValue

STEP = "livedeck_step"
STEP_FILTER = "livedeck_typed"
CONDITION = "livedeck_condition"


class ClaimCode(CodeGenerator):
    """Python of a template in which the conditions of claims are functions: one that raises fails only its claim.

    The names that the template reads without giving them a value are left in `LivedeckTags.undeclared`.
    """

    def enter_frame(self, frame: Frame) -> None:
        """Begin a scope."""
        super().enter_frame(frame)
        found = (name for action, name in frame.symbols.loads.values() if action == VAR_LOAD_RESOLVE)
        tags_of(self.environment).undeclared.update(name for name in found if name is not None)

    def visit_Filter(self, node: nodes.Filter, frame: Frame) -> None:  # noqa: N802 (Jinja's name)
        """Write `condition(lambda: ...)` where `_claim` has marked a condition."""
        if node.name != CONDITION or node.node is None:
            super().visit_Filter(node, frame)
            return
        self.write(f"environment.extensions[{LivedeckTags.identifier!r}].condition(lambda: ")
        self.visit(node.node, frame)
        self.write(")")


class Runtime(Protocol):
    """What happens while a template renders. `calling` counts the call blocks that are being printed."""

    calling: int

    def step(self, index: int, text: str | None) -> str:
        """Run the fence `index` (with `text` where the fence is expanded); what stands in its place for now."""
        ...

    def claim_holds(self, claim: int, branch: int) -> None:
        """A branch of a claim is shown."""
        ...

    def claim_fails(self, claim: int, variables: dict[str, Any], raised: Exception | None) -> None:
        """No branch of a claim holds; or none was shown because a condition `raised`."""
        ...


class LivedeckTags(Extension):
    """`claim … elif … endclaim` becomes an `if` that reports; a step becomes one call."""

    tags = {"claim", STEP}  # noqa: RUF012 (Jinja declares it so)

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.runtime: Runtime | None = None
        self._raised: Exception | None = None
        self.tests: list[list[nodes.Expr]] = []
        """For each claim, in the order of the template, the expressions of its branches."""
        self.undeclared: set[str] = set()
        environment.filters[STEP_FILTER] = self._expanded
        environment.filters[CONDITION] = bool
        environment.filters[INNER] = NestedValue
        environment.filters[CALLED] = self._called

    def parse(self, parser: Parser) -> nodes.Node:
        """The node of a tag. Raises TemplateSyntaxError."""
        token = next(parser.stream)
        if token.value == STEP:
            index = parser.parse_expression()
            return nodes.CallBlock(self.call_method("_step", [index]), [], [], []).set_lineno(token.lineno)
        return self._claim(parser, token.lineno)

    def _claim(self, parser: Parser, lineno: int) -> nodes.Node:
        claim = len(self.tests)
        tests: list[nodes.Expr] = []
        self.tests.append(tests)
        first: nodes.If | None = None
        last: nodes.If | None = None
        while True:
            test = parser.parse_tuple(with_condexpr=False)
            body = parser.parse_statements(("name:elif", "name:else", "name:endclaim"))
            shown = self.call_method("_holds", [nodes.Const(claim), nodes.Const(len(tests))])
            condition = nodes.Filter(test, CONDITION, [], [], None, None, lineno=lineno)
            node = nodes.If(condition, [nodes.ExprStmt(shown), *body], [], [], lineno=lineno)
            tests.append(test)
            if last is not None:
                last.else_ = [node]
            first, last = first or node, node
            token = next(parser.stream)
            if token.test("name:else"):
                parser.fail("a claim has no else: it would switch the proof off", token.lineno)
            if token.test("name:endclaim"):
                break
            lineno = token.lineno
        failed = self.call_method("_fails", [nodes.DerivedContextReference(), nodes.Const(claim)])
        last.else_ = [nodes.ExprStmt(failed)]
        return first

    def _running(self) -> Runtime:
        if self.runtime is None:
            raise RuntimeError("the template is rendered without a runtime")
        return self.runtime

    def _step(self, index: int, caller: object = None) -> str:
        del caller
        return self._running().step(index, None)

    def _expanded(self, text: str, index: int) -> str:
        return self._running().step(index, text)

    def _called(self, macro: Callable[..., str]) -> Callable[..., str]:
        def printed(*arguments: object, **named: object) -> str:
            self._running().calling += 1
            try:
                return macro(*arguments, **named)
            finally:
                self._running().calling -= 1

        return printed

    def condition(self, test: Callable[[], object]) -> bool:
        """Whether a condition of a claim holds. One that raises does not, nor does any further one of its claim."""
        if self._raised is None:
            try:
                return bool(test())
            except Exception as error:  # noqa: BLE001 (an expression can raise anything; the claim tells it)
                self._raised = error
        return False

    def _holds(self, claim: int, branch: int) -> None:
        self._running().claim_holds(claim, branch)

    def _fails(self, context: Context, claim: int) -> None:
        raised, self._raised = self._raised, None
        self._running().claim_fails(claim, context.get_all(), raised)


def tags_of(environment: Environment) -> LivedeckTags:
    """The tags of an environment that has them."""
    found = environment.extensions[LivedeckTags.identifier]
    assert isinstance(found, LivedeckTags)  # noqa: S101 (narrowing)
    return found
