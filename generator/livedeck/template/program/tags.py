"""What Livedeck adds to Jinja: the tag `{% claim %}` for authors, and the filter that a run fence becomes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from jinja2 import Environment, nodes
from jinja2.compiler import Frame
from jinja2.ext import Extension
from jinja2.idtracking import VAR_LOAD_RESOLVE
from jinja2.parser import Parser
from jinja2.runtime import Context

from livedeck.template.program.inner import INNER, NestedValue
from livedeck.template.program.sandbox import BoundedCode

STEP = "livedeck_step"
"""The filter block that a run fence becomes."""
CONDITION = "livedeck_condition"


class ClaimCode(BoundedCode):
    """Compile the conditions of claims to functions: one that raises fails only its own claim.

    The names that the template reads without giving them a value are left in `LivedeckTags.undeclared`.
    """

    def enter_frame(self, frame: Frame) -> None:
        """Begin a scope."""
        super().enter_frame(frame)
        found = (name for action, name in frame.symbols.loads.values() if action == VAR_LOAD_RESOLVE)
        tags_of(self.environment).undeclared.update(name for name in found if name is not None)

    def visit_Filter(self, node: nodes.Filter, frame: Frame) -> None:  # noqa: N802 (Jinja's name)
        """Write `condition(lambda: ...)` where `parse` has marked a condition."""
        if node.name != CONDITION or node.node is None:
            super().visit_Filter(node, frame)
            return
        self.write(f"environment.extensions[{LivedeckTags.identifier!r}].condition(lambda: ")
        self.visit(node.node, frame)
        self.write(")")


class Runtime(Protocol):
    """What happens while a template renders."""

    def step(self, index: int, text: str | None) -> str:
        """Run the fence `index` (with `text` where the fence is expanded) and return the token of its block."""
        ...

    def claim_holds(self, claim: int, branch: int) -> None:
        """Note that a branch of a claim is shown."""
        ...

    def claim_fails(self, claim: int, variables: dict[str, Any], raised: Exception | None) -> None:
        """Note that no branch of a claim holds, or that none was shown because a condition `raised`."""
        ...


class LivedeckTags(Extension):
    """Turn `claim … elif … endclaim` into an `if` that reports, and have a run fence call the runtime."""

    tags = {"claim"}  # noqa: RUF012 (Jinja declares it so)

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.runtime: Runtime
        """What renders the template; `render` sets it."""
        self._raised: Exception | None = None
        self.tests: list[list[nodes.Expr]] = []
        """For each claim, in the order of the template, the expressions of its branches."""
        self.undeclared: set[str] = set()
        environment.filters[STEP] = self._step
        environment.filters[CONDITION] = bool
        environment.filters[INNER] = NestedValue

    def parse(self, parser: Parser) -> nodes.Node:
        """Return the node of a claim. Raises TemplateSyntaxError."""
        lineno = next(parser.stream).lineno
        claim = len(self.tests)
        tests: list[nodes.Expr] = []
        self.tests.append(tests)
        branches: list[nodes.If] = []
        while True:
            test = parser.parse_tuple(with_condexpr=False)
            body = parser.parse_statements(("name:elif", "name:else", "name:endclaim"))
            shown = self.call_method("_holds", [nodes.Const(claim), nodes.Const(len(tests))])
            condition = nodes.Filter(test, CONDITION, [], [], None, None, lineno=lineno)
            node = nodes.If(condition, [nodes.ExprStmt(shown), *body], [], [], lineno=lineno)
            tests.append(test)
            if branches:
                branches[-1].else_ = [node]
            branches.append(node)
            token = next(parser.stream)
            if token.test("name:else"):
                parser.fail("a claim has no else: it would switch the proof off", token.lineno)
            if token.test("name:endclaim"):
                break
            lineno = token.lineno
        failed = self.call_method("_fails", [nodes.DerivedContextReference(), nodes.Const(claim)])
        branches[-1].else_ = [nodes.ExprStmt(failed)]
        return branches[0]

    def _step(self, text: str, index: int, expanded: bool = False) -> str:
        return self.runtime.step(index, text if expanded else None)

    def condition(self, test: Callable[[], object]) -> bool:
        """Return whether a condition of a claim holds. One that raises does not, nor do the later ones of its claim."""
        if self._raised is None:
            try:
                return bool(test())
            except Exception as error:  # noqa: BLE001 (an expression can raise anything; the claim reports it)
                self._raised = error
        return False

    def _holds(self, claim: int, branch: int) -> None:
        self.runtime.claim_holds(claim, branch)

    def _fails(self, context: Context, claim: int) -> None:
        raised, self._raised = self._raised, None
        self.runtime.claim_fails(claim, context.get_all(), raised)


def tags_of(environment: Environment) -> LivedeckTags:
    """Return the extension of an environment."""
    found = environment.extensions[LivedeckTags.identifier]
    assert isinstance(found, LivedeckTags)  # noqa: S101 (narrowing)
    return found
